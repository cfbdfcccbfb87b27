import { type FlagTable, PROGRAM_VALUES, PROGRAM_REFUSED, PROGRAM_SWITCHES } from './flag-table.ts';

/** The flags of the query frontend of Thanos. */
export const QUERY_FRONTEND_FLAGS: FlagTable = {
  values: [
    ...PROGRAM_VALUES,
    'query-range.split-interval',
    'query-range.min-split-interval',
    'query-range.max-split-interval',
    'query-range.horizontal-shards',
    'query-range.max-retries-per-request',
    'query.max-retries-per-request',
    'enable-feature',
    'query-range.max-query-length',
    'query-range.max-query-parallelism',
    'query-range.response-cache-max-freshness',
    'query-range.response-cache-config-file',
    'labels.split-interval',
    'labels.max-retries-per-request',
    'labels.max-query-parallelism',
    'labels.response-cache-max-freshness',
    'labels.default-time-range',
    'labels.response-cache-config-file',
    'cache-compression-type',
    'query-frontend.downstream-url',
    'query-frontend.downstream-tripper-config-file',
    'query-frontend.log-queries-longer-than',
    'query-frontend.forward-header',
    'query-frontend.vertical-shards',
    'query-frontend.slow-query-logs-user-header',
    'request.logging-config-file',
  ],
  switches: [
    ...PROGRAM_SWITCHES,
    'web.disable-cors',
    'query-range.align-range-with-step',
    'query-range.request-downsampled',
    'query-frontend.enable-x-functions',
    'query-range.partial-response',
    'labels.partial-response',
    'query-frontend.compress-responses',
    'query-frontend.force-query-stats',
  ],
  repeatable: ['enable-feature', 'query-frontend.forward-header'],
  refused: {
    ...PROGRAM_REFUSED,
    'query-range.response-cache-config': 'use --query-range.response-cache-config-file',
    'labels.response-cache-config': 'use --labels.response-cache-config-file',
    'query-frontend.downstream-tripper-config':
      'use --query-frontend.downstream-tripper-config-file',
    'query-frontend.org-id-header':
      'leave it out: the query is part of the key of the cache, and so is its scope',
    'request.logging-config': 'use --request.logging-config-file',
  },
  since: {
    'enable-feature': '0.39',
    'query.max-retries-per-request': '0.42',
  },
};
