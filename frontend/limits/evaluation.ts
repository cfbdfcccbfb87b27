/** When a query is evaluated. */
export interface Evaluation {
  /** Seconds since 1970; equal to `endSeconds` for an instant query. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 0 for an instant query. */
  readonly stepSeconds: number;
  /** How far an instant selector looks back, where the request says so; otherwise 0. */
  readonly lookbackDeltaSeconds: number;
}
