import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import { SynthError } from '../synth-error.ts';
import type { WatchingPrometheus } from './watching-prometheus.ts';

interface Told {
  readonly subject: string;
  readonly by: string;
}

const TOLD = new WeakMap<Chart, Told>();

/**
 * Notes which Prometheus a construct was told to be watched by.
 *
 * @throws {SynthError} If another construct of its chart was told another one: what the monitors bring to
 *   one would not be let in, or be looked for in the other.
 */
export function requireOneWatcher(
  construct: Construct,
  subject: string,
  watchedBy: WatchingPrometheus,
): void {
  const chart = Chart.of(construct);
  const told = { subject, by: describe(watchedBy) };
  const before = TOLD.get(chart);
  if (before === undefined) {
    TOLD.set(chart, told);
    return;
  }
  if (before.by === told.by) return;
  throw new SynthError(
    `${subject} watchedBy`,
    `is another one than that of ${before.subject}, so one Prometheus would lack what the other has`,
    'give the same one to PlatformMonitors, PrometheusOperatorMonitor, MonitoringRules and TenancyNetworkPolicies',
  );
}

/**
 * Refuses another Prometheus where the platform's series could not be told from those of tenants in it.
 *
 * The kit's own forces the tenancy label on every scrape. Another one has `namespace` from its operator on
 * every target, and any other label from whatever a target exposes.
 *
 * @throws {SynthError} If the tenancy label is another one than `namespace`.
 */
export function requireTellableSeries(
  subject: string,
  { other }: WatchingPrometheus,
  tenancyLabel: TenancyLabel,
): void {
  if (other === undefined || tenancyLabel === DEFAULT_TENANCY_LABEL) return;
  throw new SynthError(
    `${subject} watchedBy`,
    `is another Prometheus, in which a tenant's target may expose ${tenancyLabel} as it likes`,
    `carry tenants by the label ${DEFAULT_TENANCY_LABEL}, or have the kit's own Prometheus watch`,
  );
}

// By what it says and not by its identity: two calls with the same settings mean the same one.
function describe({ other }: WatchingPrometheus): string {
  if (other === undefined) return 'own';
  const { interval, labels, namespace, podLabels } = other;
  return JSON.stringify([
    namespace,
    inOrder(podLabels),
    inOrder(labels),
    interval?.toMilliseconds(),
  ]);
}

function inOrder(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
}
