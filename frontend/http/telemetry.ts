import Counter from 'prom-client/lib/counter.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';
import type { AccessObserver } from '../access/access-observer.ts';
import { collectProcessMetrics } from './process-metrics.ts';
import { METRICS, type MetricRow } from './metric-table.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** One finished request. Each member comes from a small closed set, so each can be a label. */
export interface FinishedRequest {
  readonly route: string;
  readonly status: number;
  readonly decision: string;
  readonly seconds: number;
}

/** The metrics of one query frontend. Label sets are bounded: no user, tenant or path is in them. */
export interface Telemetry {
  requestFinished(request: FinishedRequest): void;
  parametersDropped(count: number): void;
  /** Hears of verdicts, caches and reviews. */
  readonly access: AccessObserver;
  /** The metrics in the Prometheus text format, and its content type. */
  exposition(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Creates the metrics, in a registry of their own. */
export function createTelemetry(): Telemetry {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const counter = ({ name, help, labels }: MetricRow): Counter =>
    new Counter({ name, help, labelNames: [...labels], registers: [registry] });
  const histogram = ({ name, help, labels }: MetricRow): Histogram =>
    new Histogram({
      name,
      help,
      labelNames: [...labels],
      buckets: SECONDS,
      registers: [registry],
    });
  const requests = counter(METRICS.requests);
  const duration = histogram(METRICS.duration);
  const dropped = counter(METRICS.dropped);
  const lookups = counter(METRICS.lookups);
  const reviews = histogram(METRICS.reviews);
  const withheld = counter(METRICS.withheld);
  const localChecks = counter(METRICS.localChecks);
  const keys = counter(METRICS.keyRefreshes);

  return {
    requestFinished: (request) => {
      const { route, status, decision } = request;
      requests.inc({ route, status: String(status), decision });
      duration.observe({ route }, request.seconds);
    },
    parametersDropped: (count) => {
      if (count > 0) dropped.inc(count);
    },
    access: {
      cacheLookup: (cache, hit) => lookups.inc({ cache, result: hit ? 'hit' : 'miss' }),
      localCheckFinished: (outcome) => localChecks.inc({ outcome }),
      reviewFinished: (kind, outcome, seconds) => reviews.observe({ kind, outcome }, seconds),
      reviewFaulted: () => undefined,
      reviewWithheld: (kind, reason) => withheld.inc({ kind, reason }),
      issuerKeysRefreshed: (outcome) => keys.inc({ outcome }),
    },
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
