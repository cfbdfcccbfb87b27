import * as v from 'valibot';
import { described, httpUrl, integer, milliseconds } from './fields.ts';
import {
  hasFittingUrl,
  upstreamConnection,
  type UpstreamConnectionConfig,
  URL_UNFIT,
} from './upstream-connection.ts';

/** The Prometheus or Thanos querier that answers scoped queries. */
export interface UpstreamConfig extends UpstreamConnectionConfig {
  readonly url: string;
  readonly deadlineMs: number;
  readonly maxSockets: number;
}

interface UpstreamInput extends UpstreamConnectionConfig {
  readonly url: string;
  readonly deadlineMs?: number | undefined;
  readonly maxSockets?: number | undefined;
}

/** The settings of {@link UpstreamConfig}. */
export const upstream: v.GenericSchema<UpstreamInput, UpstreamConfig> = v.pipe(
  v.strictObject({
    url: v.pipe(
      httpUrl(),
      v.description(
        'URL of the Prometheus or Thanos querier; its path is put before the API path.',
      ),
    ),
    deadlineMs: described(
      milliseconds(100, 600_000),
      28_000,
      'Longest time for one answer, access reviews and body included. Below the 30 s after which Grafana gives up.',
    ),
    maxSockets: described(integer(1, 10_000), 256, 'Connections to the upstream at once.'),
    ...upstreamConnection,
  }),
  v.check((it) => hasFittingUrl(it), URL_UNFIT),
);
