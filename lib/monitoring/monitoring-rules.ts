import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { objectLabels, PART_OF } from '../labels.ts';
import { requireNamespace } from '../platform-namespace.ts';
import { SynthError } from '../synth-error.ts';
import { requireTenancyLabel } from '../tenancy-labels.ts';
import { printGroup } from './alert.ts';
import { requireOneWatcher, requireTellableSeries } from './one-watcher.ts';
import { PLATFORM_RULE_LABELS } from './platform-rule-labels.ts';
import { type MonitoredJobs, PlatformSeries, requireJobs } from './platform-series.ts';
import { ruleGroups } from './rule-groups.ts';
import { WatchingPrometheus } from './watching-prometheus.ts';

/** Settings of {@link MonitoringRules}. */
export interface MonitoringRulesProps {
  /**
   * The jobs under which the platform's own metrics are stored, as `monitoredJobs` gives them. Others
   * are not looked at.
   */
  readonly jobs: MonitoredJobs;
  /**
   * The label that carries the tenant.
   * @default 'namespace'
   */
  readonly tenancyLabel?: string;
  /**
   * Name of the PrometheusRule.
   * @default 'tenancy-platform'
   */
  readonly name?: string;
  /**
   * The Prometheus that evaluates them. Another one than the kit's own needs the same one in
   * `PlatformMonitors`, and cannot evaluate what concerns the job of `PrometheusSelfMonitor`.
   * @default WatchingPrometheus.own()
   */
  readonly watchedBy?: WatchingPrometheus;
  /**
   * Labels of the object beside those of the kit and of `watchedBy`, by which further evaluators find it.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Labels of every alert beside `severity`, for the routes of Alertmanager.
   * @default - none
   */
  readonly alertLabels?: Readonly<Record<string, string>>;
  /**
   * URL of the page with the runbooks, without an anchor. Every alert then has a `runbook_url`.
   * @default - none: the annotation `runbook` names the section in `docs/runbooks.md`
   */
  readonly runbookUrl?: string;
}

/**
 * Alerts on the platform itself, and the rules they need, as one PrometheusRule in its namespace.
 *
 * Every selector pins the platform's namespace: no series of a tenant is taken for one of the
 * platform's, so none can raise, silence or break an alert. What tenants do can raise those that are
 * about it, such as `TenantPrometheusScrapesRejected`, which does not tell them apart.
 *
 * @throws {SynthError} If no job is named, a job is not the name of a Service, a label of alerts would
 *   replace the severity or the tenant, or another Prometheus would look for what it cannot scrape.
 */
export class MonitoringRules extends Construct {
  /** The PrometheusRule. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: MonitoringRulesProps) {
    super(scope, id);
    const subject = `MonitoringRules ${this.node.path}`;
    const namespace = requireNamespace(this, subject);
    const tenancyLabel = requireTenancyLabel(subject, props.tenancyLabel ?? DEFAULT_TENANCY_LABEL);
    const alertLabels = props.alertLabels ?? {};
    requireJobs(subject, props.jobs);
    refuseTakenLabels(subject, alertLabels, ['severity', tenancyLabel]);
    const watchedBy = props.watchedBy ?? WatchingPrometheus.own();
    const { other } = watchedBy;
    if (other !== undefined) refuseUnseenJobs(subject, props.jobs);
    requireTellableSeries(subject, watchedBy, tenancyLabel);
    // What Prometheus says of itself is the own one's, whoever watches the rest.
    if (!isOfSelfMonitor(props.jobs)) requireOneWatcher(this, subject, watchedBy);
    const name = props.name ?? 'tenancy-platform';
    const groups = ruleGroups(new PlatformSeries({ tenancyLabel, namespace, jobs: props.jobs }));
    if (groups.length === 0) {
      throw new SynthError(`${subject} jobs`, 'names no job', 'name one, or leave the object out');
    }
    const printing = { alertLabels, runbookUrl: props.runbookUrl };
    this.apiObject = new ApiObject(this, 'rules', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: {
        name,
        labels: {
          ...props.labels,
          ...objectLabels({ component: 'monitoring', instance: name, software: PART_OF }),
          ...(other?.labels ?? PLATFORM_RULE_LABELS),
        },
      },
      spec: { groups: groups.map((group) => printGroup(group, printing)) },
    });
  }
}

function isOfSelfMonitor(jobs: MonitoredJobs): boolean {
  return Object.entries(jobs).every(([of, names]) => of === 'prometheus' || names.length === 0);
}

// That its series are missing would be an alert for as long as the installation is there.
function refuseUnseenJobs(subject: string, { prometheus = [] }: MonitoredJobs): void {
  const [job] = prometheus;
  if (job === undefined) return;
  throw new SynthError(
    `${subject} jobs`,
    `names ${job}, which Prometheus scrapes on its loopback, and watchedBy is another one`,
    'leave it to a second MonitoringRules that is watched by the own one',
  );
}

function refuseTakenLabels(
  subject: string,
  labels: Readonly<Record<string, string>>,
  taken: readonly string[],
): void {
  const label = taken.find((it) => labels[it] !== undefined);
  if (label === undefined) return;
  throw new SynthError(
    `${subject} alertLabels`,
    `${label} is set already, and a route of Alertmanager could no longer go by it`,
    'use another label',
  );
}
