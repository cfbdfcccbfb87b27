/** The Thanos components whose flags the kit knows. */
export type ThanosComponent = 'query' | 'store';

/** What is known of the flags of one component, in version 0.42.4. */
export interface FlagTable {
  /** Flags that take a value. */
  readonly values: readonly string[];
  /** Flags that are on or off; `--no-` before the name switches one off. */
  readonly switches: readonly string[];
  /** Those of `values` that may be given more than once. */
  readonly repeatable: readonly string[];
  /** Flags that exist and must not be used, and what to use instead. */
  readonly refused: Readonly<Record<string, string>>;
}

const COMMON_VALUES = [
  'log.level',
  'log.format',
  'tracing.config-file',
  'auto-gomemlimit.ratio',
  'http-address',
  'http-grace-period',
  'http.config',
  'grpc-address',
  'grpc-server-tls-cert',
  'grpc-server-tls-key',
  'grpc-server-tls-client-ca',
  'grpc-server-tls-min-version',
  'grpc-server-tls-ciphers',
  'grpc-server-tls-curves',
  'grpc-server-max-connection-age',
  'grpc-grace-period',
  'request.logging-config-file',
  'selector.relabel-config-file',
  'web.external-prefix',
  'web.prefix-header',
  'store.limits.request-series',
  'store.limits.request-samples',
];

const COMMON_REPEATABLE = ['grpc-server-tls-ciphers', 'grpc-server-tls-curves'];

const COMMON_SWITCHES = ['enable-auto-gomemlimit', 'web.disable-cors'];

// A configuration given as an argument shows on the page of the arguments and in the process list.
const COMMON_REFUSED = {
  'tracing.config': 'use --tracing.config-file',
  'request.logging-config': 'use --request.logging-config-file',
  'selector.relabel-config': 'use --selector.relabel-config-file',
};

const USE_ENDPOINT_FILE = 'use --endpoint.sd-config-file';
const USE_CLIENT_CONFIG = 'use client_config in the file of --endpoint.sd-config-file';

/** The flags of each component. A test on the real program compares it with the help text. */
export const THANOS_FLAGS: Readonly<Record<ThanosComponent, FlagTable>> = {
  query: {
    values: [
      ...COMMON_VALUES,
      'web.route-prefix',
      'query.timeout',
      'query.promql-engine',
      'query.mode',
      'query.max-concurrent',
      'query.lookback-delta',
      'query.max-concurrent-select',
      'query.conn-metric.label',
      'deduplication.func',
      'query.replica-label',
      'query.partition-label',
      'query.metadata.default-time-range',
      'selector-label',
      'query.active-query-path',
      'enable-feature',
      'query.default-evaluation-interval',
      'query.default-step',
      'store.response-timeout',
      'alert.query-url',
      'query.telemetry.request-duration-seconds-quantiles',
      'query.telemetry.request-samples-quantiles',
      'query.telemetry.request-series-seconds-quantiles',
      'query.tenant-header',
      'query.default-tenant-id',
      'query.tenant-certificate-field',
      'query.tenant-label-name',
      'store.sd-dns-interval',
      'store.unhealthy-timeout',
      'endpoint.sd-config-file',
      'endpoint.sd-config-reload-interval',
    ],
    switches: [
      ...COMMON_SWITCHES,
      'query.enable-x-functions',
      'query.auto-downsampling',
      'query.partial-response',
    ],
    repeatable: [
      ...COMMON_REPEATABLE,
      'query.conn-metric.label',
      'query.replica-label',
      'query.partition-label',
      'selector-label',
      'enable-feature',
      'query.telemetry.request-duration-seconds-quantiles',
      'query.telemetry.request-samples-quantiles',
      'query.telemetry.request-series-seconds-quantiles',
    ],
    refused: {
      ...COMMON_REFUSED,
      endpoint: USE_ENDPOINT_FILE,
      'endpoint-group': USE_ENDPOINT_FILE,
      'endpoint-strict': USE_ENDPOINT_FILE,
      'endpoint-group-strict': USE_ENDPOINT_FILE,
      'endpoint.sd-config': USE_ENDPOINT_FILE,
      'store.sd-files': USE_ENDPOINT_FILE,
      'store.sd-interval': 'use --endpoint.sd-config-reload-interval',
      'grpc-client-tls-secure': USE_CLIENT_CONFIG,
      'grpc-client-tls-skip-verify': USE_CLIENT_CONFIG,
      'grpc-client-tls-cert': USE_CLIENT_CONFIG,
      'grpc-client-tls-key': USE_CLIENT_CONFIG,
      'grpc-client-tls-ca': USE_CLIENT_CONFIG,
      'grpc-client-tls-min-version': USE_CLIENT_CONFIG,
      'grpc-client-server-name': USE_CLIENT_CONFIG,
      'grpc-compression': USE_CLIENT_CONFIG,
      // It replaces one of two matchers of the same name, so it answers what was not asked, and it
      // does not reach the parameters of aggregations.
      'query.enforce-tenancy': 'leave scoping to the query frontend in front of the querier',
    },
  },
  store: {
    values: [
      ...COMMON_VALUES,
      'data-dir',
      'index-cache-size',
      'index-cache.config-file',
      'chunk-pool-size',
      'store.grpc.downloaded-bytes-limit',
      'store.grpc.series-max-concurrency',
      'objstore.config-file',
      'objstore-parquet.config-file',
      'sync-block-duration',
      'block-discovery-strategy',
      'block-sync-concurrency',
      'block-meta-fetch-concurrency',
      'min-time',
      'max-time',
      'consistency-delay',
      'ignore-deletion-marks-delay',
      'store.posting-group-max-key-series-ratio',
      'store.index-header-lazy-download-strategy',
      'bucket-web-label',
      'matcher-cache-size',
    ],
    switches: [
      ...COMMON_SWITCHES,
      'cache-index-header',
      'store.enable-index-header-lazy-reader',
      'store.enable-lazy-expanded-postings',
      'web.disable',
      'disable-admin-operations',
    ],
    repeatable: COMMON_REPEATABLE,
    refused: {
      ...COMMON_REFUSED,
      'objstore.config': 'use --objstore.config-file',
      'objstore-parquet.config': 'use --objstore-parquet.config-file',
      'index-cache.config': 'use --index-cache.config-file',
      'store.grpc.touched-series-limit': 'use --store.limits.request-series',
      'store.grpc.series-sample-limit': 'use --store.limits.request-samples',
    },
  },
};
