import type { Alert, RuleGroup } from '../alert.ts';
import type { PlatformSeries } from '../platform-series.ts';

/** What the operator may fail at while it reads the cluster, and the counters that say so. */
const READS: Readonly<Record<string, string>> = {
  list: 'prometheus_operator_list_operations',
  watch: 'prometheus_operator_watch_operations',
};

/** Alerts on the Prometheus operator. */
export function operatorRules(series: PlatformSeries): RuleGroup {
  return {
    name: 'tenancy-operator',
    recordings: [],
    alerts: series.has('operator') ? [...workAlerts(series), ...stateAlerts(series)] : [],
  };
}

function workAlerts(series: PlatformSeries): Alert[] {
  const rate = (metric: string): string =>
    `sum by (${series.kept}, controller) (rate(${series.of('operator', metric)}[10m]))`;
  const share = (failed: string, all: string): string => `${rate(failed)} / ${rate(all)}`;
  return [
    {
      name: 'TenancyOperatorReconcileErrors',
      severity: 'warning',
      forMinutes: 10,
      expr: `${share('prometheus_operator_reconcile_errors_total', 'prometheus_operator_reconcile_operations_total')} > 0.1`,
      summary: 'The Prometheus operator fails to bring about what its resources ask for.',
      description:
        '{{ $value | humanizePercentage }} of the rounds of the controller {{ $labels.controller }} end with an error. Changes of monitors of all tenants may be held up.',
    },
    {
      name: 'TenancyOperatorReadsFailing',
      severity: 'warning',
      forMinutes: 15,
      expr: Object.entries(READS)
        .map(
          ([operation, counter]) =>
            `label_replace(${share(`${counter}_failed_total`, `${counter}_total`)} > 0.4, "operation", "${operation}", "", "")`,
        )
        .join(' or '),
      summary: 'The Prometheus operator cannot read the objects that it works on.',
      description:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.operation }} objects fail in the controller {{ $labels.controller }}. It does not notice what changes.',
    },
  ];
}

function stateAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string, ...matchers: string[]): string =>
    series.of('operator', `prometheus_operator_${metric}`, ...matchers);
  return [
    {
      name: 'TenancyOperatorSyncFailed',
      severity: 'warning',
      forMinutes: 10,
      expr: `min_over_time(${own('syncs', 'status="failed"')}[5m]) > 0`,
      summary: 'The Prometheus operator gave up on a resource until it changes.',
      description:
        '{{ $value }} objects of the controller {{ $labels.controller }} failed when they were looked at last. Their pods keep an earlier configuration.',
    },
    {
      name: 'TenancyOperatorNotReady',
      severity: 'warning',
      forMinutes: 10,
      expr: `max_over_time(${own('ready')}[5m]) == 0`,
      summary: 'A controller of the Prometheus operator does nothing.',
      description:
        'The controller {{ $labels.controller }} of {{ $labels.instance }} is not ready: no change reaches what it is there for.',
    },
    {
      name: 'TenancyOperatorResourcesRejected',
      severity: 'warning',
      forMinutes: 10,
      expr: `min_over_time(${own('managed_resources', 'state="rejected"')}[5m]) > 0`,
      summary: 'The Prometheus operator leaves out objects that it finds invalid.',
      description:
        '{{ $value }} objects of the kind {{ $labels.resource }} are invalid to the controller {{ $labels.controller }}: what they ask to be scraped or evaluated is not.',
    },
  ];
}
