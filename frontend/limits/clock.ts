/** A reading of time, for spans. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back and never jumps. */
  monotonicMs(): number;
}
