/** A server that takes PromQL: where, and what to send along. */
export interface Answerer {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who is asked on behalf of some tenants, and what is compared. */
export interface Comparison {
  /** The query frontend over the shared server. */
  readonly scoped: Answerer;
  /** A server with the series of these tenants and no others. */
  readonly alone: Answerer;
  /** The shared server itself, with everybody's series. */
  readonly shared: Answerer;
}
