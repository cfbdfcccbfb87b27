/** What one metric of ours is called, what its labels are, and what it means. */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Names of its labels. The values come from small closed sets: never a user, tenant or path. */
  readonly labels: readonly string[];
  readonly help: string;
}

/** Which metric is meant. */
export type MetricKey =
  | 'requests'
  | 'clusterWide'
  | 'duration'
  | 'dropped'
  | 'connectionsDropped'
  | 'answers'
  | 'turns'
  | 'lookups'
  | 'reviews'
  | 'withheld'
  | 'localChecks'
  | 'keyRefreshes'
  | 'watches'
  | 'ready'
  | 'dependencies'
  | 'upstreamFindings'
  | 'configReloads'
  | 'configSuccess'
  | 'certificateSuccess';

/** Every metric of the query frontend. `docs/metrics.md` is generated from this table. */
export const METRICS: Readonly<Record<MetricKey, MetricRow>> = {
  requests: {
    name: 'tenancy_query_frontend_requests_total',
    type: 'counter',
    labels: ['route', 'status', 'decision'],
    help: 'Requests by route, HTTP status, and decision: an error code, or how the request ended.',
  },
  clusterWide: {
    name: 'tenancy_query_frontend_cluster_wide_requests_total',
    type: 'counter',
    labels: ['decision'],
    help: 'Requests for the whole cluster, which are among the others too, by decision.',
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
  connectionsDropped: {
    name: 'tenancy_query_frontend_connections_dropped_total',
    type: 'counter',
    labels: [],
    help: 'Connections that were reset because there were listener.maxConnections already.',
  },
  turns: {
    name: 'tenancy_query_frontend_turn_wait_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time that a request waited for its turn before it was sent upstream. What got none is in the requests, under limit_concurrency.',
  },
  answers: {
    name: 'tenancy_query_frontend_answers_total',
    type: 'counter',
    labels: ['source'],
    help: 'Answers by where they came from: a request upstream of their own, an equal one that was under way (joined), or the cache.',
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
  watches: {
    name: 'tenancy_query_frontend_watch_following',
    type: 'gauge',
    labels: ['watch'],
    help: '1 while what is watched at the API server is followed, 0 while it is not. Absent where nothing is watched.',
  },
  ready: {
    name: 'tenancy_query_frontend_ready',
    type: 'gauge',
    labels: [],
    help: '1 while /-/ready answers 200, 0 while it answers 503.',
  },
  dependencies: {
    name: 'tenancy_query_frontend_dependency_up',
    type: 'gauge',
    labels: ['dependency'],
    help: '1 while a dependency (api_server, upstream, upstreams.rules) answers, 0 while it does not, or not yet.',
  },
  upstreamFindings: {
    name: 'tenancy_query_frontend_upstream_unsafe',
    type: 'gauge',
    labels: ['upstream', 'finding'],
    help: '1 while the stores behind an upstream (upstream, upstreams.rules) make scoped queries mean something else; nothing is sent to it meanwhile.',
  },
  configReloads: {
    name: 'tenancy_query_frontend_config_reloads_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Attempts to take a changed configuration: applied, refused (it has mistakes) or failed (its parts could not be started).',
  },
  configSuccess: {
    name: 'tenancy_query_frontend_config_last_reload_successful',
    type: 'gauge',
    labels: [],
    help: '1 while the configuration in use is that of the file, 0 while an earlier one stays in use.',
  },
  certificateSuccess: {
    name: 'tenancy_query_frontend_certificate_last_reload_successful',
    type: 'gauge',
    labels: [],
    help: '1 while the serving certificate and the authorities of clients in use are those of the files, 0 while earlier ones stay in use.',
  },
};
