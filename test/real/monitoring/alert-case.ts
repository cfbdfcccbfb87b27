import { MonitoringRules } from '../../../lib/monitoring/monitoring-rules.ts';
import { printGroup, type Alert } from '../../../lib/monitoring/alert.ts';
import {
  type MonitoredComponent,
  PlatformSeries,
} from '../../../lib/monitoring/platform-series.ts';
import { ruleGroups } from '../../../lib/monitoring/rule-groups.ts';
import { DEFAULT_TENANCY_LABEL } from '../../../tenant/tenancy-label.ts';
import { listAt, manifestsOf, only, platformChart } from '../../lib/support/manifests.ts';

/** Every component, each with one job, and the store gateway with two. */
export const ALL_JOBS: Readonly<Record<MonitoredComponent, readonly [string, ...string[]]>> = {
  frontend: ['tenant-query-frontend'],
  prometheus: ['prometheus-server-tenancy'],
  sidecar: ['prometheus-tenancy'],
  storeGateway: ['thanos-store-gateway', 'thanos-store-old'],
  compactor: ['thanos-compactor'],
  querier: ['thanos-querier'],
  thanosQueryFrontend: ['thanos-query-frontend'],
  ruler: ['thanos-ruler'],
  receive: ['thanos-receive'],
  operator: ['prometheus-operator'],
};

/** The namespace of the platform in the tests. */
export const PLATFORM = 'monitoring';

const SERIES = new PlatformSeries({
  tenancyLabel: DEFAULT_TENANCY_LABEL,
  namespace: PLATFORM,
  jobs: ALL_JOBS,
});

/** Every alert there is. */
export const ALERTS: readonly Alert[] = ruleGroups(SERIES).flatMap(({ alerts }) => alerts);

/** The rule file of all of them, as the operator would write it. */
export function ruleFile(): { readonly groups: readonly unknown[] } {
  const chart = platformChart();
  void new MonitoringRules(chart, 'rules', { jobs: ALL_JOBS });
  const groups = listAt(only(manifestsOf(chart), 'PrometheusRule').spec, 'groups');
  return { groups };
}

/** A rule file with groups that are given. */
export function ruleFileOf(alert: Alert): { readonly groups: readonly unknown[] } {
  const group = { name: 'planted', recordings: [], alerts: [alert] };
  return { groups: [printGroup(group, { alertLabels: {}, runbookUrl: undefined })] };
}

/** Series, and their samples a minute apart in the notation of promtool: `0+1x60`. */
export type Samples = Readonly<Record<string, string>>;

/** What an alert does with some series. */
export interface AlertCase {
  readonly alert: string;
  /** Series for which it fires. */
  readonly fires: Samples;
  /** Labels of what fires, beside the severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value as the description prints it. */
  readonly value?: string;
  /** Series much like them, for which it must not. */
  readonly quiet: Samples;
  /** When to look. @defaultValue '30m' */
  readonly at?: string;
}

/** Labels of the platform's series, as they stand in a series of a case. */
export function own(
  job: string,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): string {
  const all = { namespace: PLATFORM, job, instance: 'pod-1', ...labels };
  const text = Object.entries(all).map(([key, value]) => `${key}="${value}"`);
  return `${metric}{${text.join(',')}}`;
}

/** The same series as a tenant would expose them. */
export function asTenant(samples: Samples): Samples {
  return Object.fromEntries(
    Object.entries(samples).map(([series, values]) => [
      series.replace(`namespace="${PLATFORM}"`, 'namespace="team-a"'),
      values,
    ]),
  );
}

/** One test of promtool: whether this alert, and with which labels, fires for these series. */
export function promtoolTest(
  alertCase: AlertCase,
  name: string,
  samples: Samples,
  isFiring: boolean,
): object {
  return {
    name: `${alertCase.alert}: ${name}`,
    interval: '1m',
    input_series: Object.entries(samples).map(([series, values]) => ({ series, values })),
    alert_rule_test: [
      {
        eval_time: alertCase.at ?? '30m',
        alertname: alertCase.alert,
        exp_alerts: isFiring ? [expected(alertCase)] : [],
      },
    ],
  };
}

function expected(alertCase: AlertCase): object {
  const alert = ALERTS.find(({ name }) => name === alertCase.alert);
  if (alert === undefined) throw new Error(`no alert is called ${alertCase.alert}`);
  return {
    exp_labels: { ...alertCase.labels, severity: alert.severity },
    exp_annotations: {
      summary: alert.summary,
      description: render(alert.description, alertCase),
      runbook: `prometheus-tenancy-kit docs/runbooks.md#${alert.name.toLowerCase()}`,
    },
  };
}

// What is not among the labels of the alert would be printed as nothing, so it is an error here.
function render(template: string, { labels, value }: AlertCase): string {
  return template.replaceAll(
    /\{\{ \$(?:labels\.(\w+)|value[^}]*) \}\}/g,
    (text, label?: string) => {
      const filled = label === undefined ? value : labels[label];
      if (filled === undefined) throw new Error(`${text} is not filled`);
      return filled;
    },
  );
}
