/** What one metric of ours is called, what its labels are, and what it means. */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'histogram';
  /** Names of its labels. The values come from small closed sets: never a user, tenant or path. */
  readonly labels: readonly string[];
  readonly help: string;
}

/** Which metric is meant. */
export type MetricKey =
  | 'requests'
  | 'duration'
  | 'dropped'
  | 'lookups'
  | 'reviews'
  | 'withheld'
  | 'localChecks'
  | 'keyRefreshes';

/** Every metric of the query frontend. `docs/metrics.md` is generated from this table. */
export const METRICS: Readonly<Record<MetricKey, MetricRow>> = {
  requests: {
    name: 'tenancy_query_frontend_requests_total',
    type: 'counter',
    labels: ['route', 'status', 'decision'],
    help: 'Requests by route, HTTP status, and decision: an error code, or how the request ended.',
  },
  duration: {
    name: 'tenancy_query_frontend_request_duration_seconds',
    type: 'histogram',
    labels: ['route'],
    help: 'Time from the request line to the last byte of the answer.',
  },
  dropped: {
    name: 'tenancy_query_frontend_parameters_dropped_total',
    type: 'counter',
    labels: [],
    help: 'Parameters that the route does not know; they are not forwarded.',
  },
  lookups: {
    name: 'tenancy_query_frontend_verdict_cache_lookups_total',
    type: 'counter',
    labels: ['cache', 'result'],
    help: 'Lookups in the caches of verdicts.',
  },
  reviews: {
    name: 'tenancy_query_frontend_review_duration_seconds',
    type: 'histogram',
    labels: ['kind', 'outcome'],
    help: 'Time the API server took for a review; outcome fault is a review without a verdict.',
  },
  withheld: {
    name: 'tenancy_query_frontend_reviews_withheld_total',
    type: 'counter',
    labels: ['kind', 'reason'],
    help: 'Reviews that were not started, because the budget or the API server forbade it.',
  },
  localChecks: {
    name: 'tenancy_query_frontend_token_local_checks_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Checks of tokens in the process, before any review.',
  },
  keyRefreshes: {
    name: 'tenancy_query_frontend_issuer_key_refreshes_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Attempts to read the signing keys of the cluster.',
  },
};
