import type Counter from 'prom-client/lib/counter.js';
import type Gauge from 'prom-client/lib/gauge.js';
import { METRICS, type MetricRow } from './metric-table.ts';
import { UPSTREAM_FINDINGS, type UpstreamFinding } from './upstream-inspection.ts';

/** How an attempt to take a changed configuration ended. */
export type ReloadOutcome = 'applied' | 'refused' | 'failed';

/** What the frontend cannot do without. */
export type DependencyName = 'api_server' | UpstreamDependency;

/** The upstreams that are looked at, by the names of their settings. */
export type UpstreamDependency = 'upstream' | 'upstreams.rules';

/** The metrics of the process around the requests. */
export interface OperationsMetrics {
  /** Readiness was asked for or changed. */
  readyChanged(isReady: boolean): void;
  /** A dependency was seen to answer, or not to. */
  dependencyChanged(name: DependencyName, isUp: boolean): void;
  /** The stores behind an upstream were looked at. */
  upstreamInspected(upstream: UpstreamDependency, findings: readonly UpstreamFinding[]): void;
  /** An upstream is not looked at any more. */
  upstreamGone(upstream: UpstreamDependency): void;
  /** An attempt to take a changed configuration ended. */
  configReloaded(outcome: ReloadOutcome): void;
  /** The files of the serving certificate were looked at. */
  certificateChecked(isInUse: boolean): void;
}

/** Makes metrics of rows of the table. */
export interface MetricFactories {
  readonly counter: (row: MetricRow) => Counter;
  readonly gauge: (row: MetricRow) => Gauge;
}

/** Creates the metrics of the process around the requests. */
export function createOperationsMetrics({ counter, gauge }: MetricFactories): OperationsMetrics {
  const ready = gauge(METRICS.ready);
  const dependencies = gauge(METRICS.dependencies);
  const findingsNow = gauge(METRICS.upstreamFindings);
  const reloads = counter(METRICS.configReloads);
  const configSuccess = gauge(METRICS.configSuccess);
  const certificateSuccess = gauge(METRICS.certificateSuccess);
  configSuccess.set(1);
  certificateSuccess.set(1);
  for (const finding of UPSTREAM_FINDINGS) findingsNow.set({ upstream: 'upstream', finding }, 0);
  return {
    readyChanged: (isReady) => {
      ready.set(isReady ? 1 : 0);
    },
    dependencyChanged: (dependency, isUp) => {
      dependencies.set({ dependency }, isUp ? 1 : 0);
    },
    upstreamInspected: (upstream, findings) => {
      for (const finding of UPSTREAM_FINDINGS) {
        findingsNow.set({ upstream, finding }, findings.includes(finding) ? 1 : 0);
      }
    },
    upstreamGone: (upstream) => {
      dependencies.remove({ dependency: upstream });
      for (const finding of UPSTREAM_FINDINGS) findingsNow.remove({ upstream, finding });
    },
    configReloaded: (outcome) => {
      reloads.inc({ outcome });
      configSuccess.set(outcome === 'applied' ? 1 : 0);
    },
    certificateChecked: (isInUse) => {
      certificateSuccess.set(isInUse ? 1 : 0);
    },
  };
}
