/** Why the upstream's answer did not become the caller's. */
export type UpstreamRejection =
  | { readonly code: 'upstream_unavailable' }
  | { readonly code: 'upstream_timeout'; readonly deadlineMs: number }
  | { readonly code: 'upstream_unexpected' }
  | { readonly code: 'upstream_throttled'; readonly retryAfterSeconds: number }
  | {
      readonly code: 'query_refused_upstream';
      readonly status: 400 | 422;
      readonly errorType: string;
      /** What the PromQL engine said, or `undefined` when it may not be shown. */
      readonly message: string | undefined;
    };
