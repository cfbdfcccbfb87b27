import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';
import type { AccessObserver } from '../access/access-observer.ts';
import type { AnswerSource } from './coalesce.ts';
import { collectProcessMetrics } from './process-metrics.ts';
import { METRICS, type MetricRow } from './metric-table.ts';
import { createOperationsMetrics, type OperationsMetrics } from './operations-metrics.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** One finished request. Each member comes from a small closed set, so each can be a label. */
export interface FinishedRequest {
  readonly route: string;
  readonly status: number;
  readonly decision: string;
  readonly seconds: number;
  /** Whether the whole cluster was asked for. @defaultValue false */
  readonly isClusterWide?: boolean;
}

/** The metrics of one query frontend. Label sets are bounded: no user, tenant or path is in them. */
export interface Telemetry {
  requestFinished(request: FinishedRequest): void;
  parametersDropped(count: number): void;
  /** Hears of a connection that was one too many. @defaultValue nobody hears */
  connectionDropped?(): void;
  /** Hears where the answer to a request upstream came from. */
  readonly answerGiven: (source: AnswerSource) => void;
  /** Hears of verdicts, caches and reviews. */
  readonly access: AccessObserver;
  /** The metrics in the Prometheus text format, and its content type. */
  exposition(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** {@link Telemetry}, and the metrics of the process around the requests. */
export interface RoleTelemetry extends Telemetry {
  readonly operations: OperationsMetrics;
  connectionDropped(): void;
  /** Hears how long a request waited for its turn upstream, in milliseconds. */
  readonly turnTaken: (waitedMs: number) => void;
}

/** Creates the metrics, in a registry of their own. */
export function createTelemetry(): RoleTelemetry {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const counter = ({ name, help, labels }: MetricRow): Counter =>
    new Counter({ name, help, labelNames: [...labels], registers: [registry] });
  const gauge = ({ name, help, labels }: MetricRow): Gauge =>
    new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  const histogram = ({ name, help, labels }: MetricRow): Histogram =>
    new Histogram({
      name,
      help,
      labelNames: [...labels],
      buckets: SECONDS,
      registers: [registry],
    });
  const requests = counter(METRICS.requests);
  const clusterWide = counter(METRICS.clusterWide);
  const duration = histogram(METRICS.duration);
  const dropped = counter(METRICS.dropped);
  const connections = counter(METRICS.connectionsDropped);
  const answers = counter(METRICS.answers);
  const turns = histogram(METRICS.turns);
  const lookups = counter(METRICS.lookups);
  const reviews = histogram(METRICS.reviews);
  const withheld = counter(METRICS.withheld);
  const localChecks = counter(METRICS.localChecks);
  const keys = counter(METRICS.keyRefreshes);
  const watches = gauge(METRICS.watches);

  return {
    requestFinished: (request) => {
      const { route, status, decision } = request;
      if (request.isClusterWide === true) clusterWide.inc({ decision });
      requests.inc({ route, status: String(status), decision });
      duration.observe({ route }, request.seconds);
    },
    parametersDropped: (count) => {
      if (count > 0) dropped.inc(count);
    },
    connectionDropped: () => {
      connections.inc();
    },
    turnTaken: (waitedMs) => {
      turns.observe(waitedMs / 1_000);
    },
    answerGiven: (source) => {
      answers.inc({ source });
    },
    access: {
      cacheLookup: (cache, hit) => lookups.inc({ cache, result: hit ? 'hit' : 'miss' }),
      localCheckFinished: (outcome) => localChecks.inc({ outcome }),
      reviewFinished: (kind, outcome, seconds) => reviews.observe({ kind, outcome }, seconds),
      reviewFaulted: () => undefined,
      reviewWithheld: (kind, reason) => withheld.inc({ kind, reason }),
      issuerKeysRefreshed: (outcome) => keys.inc({ outcome }),
      watchChanged: (watch, isFollowing) => {
        watches.set({ watch }, isFollowing ? 1 : 0);
      },
    },
    operations: createOperationsMetrics({ counter, gauge }),
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
