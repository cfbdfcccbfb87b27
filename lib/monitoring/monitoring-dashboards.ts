import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { objectLabels, PART_OF } from '../labels.ts';
import { requireNamespace } from '../platform-namespace.ts';
import { SynthError } from '../synth-error.ts';
import { requireTenancyLabel } from '../tenancy-labels.ts';
import { frontendDashboard } from './dashboards/frontend-dashboard.ts';
import { healthDashboard } from './dashboards/health-dashboard.ts';
import { type Dashboard, printDashboard } from './dashboards/panel.ts';
import { tenantUsageDashboard } from './dashboards/tenant-usage-dashboard.ts';
import { type MonitoredJobs, PlatformSeries, requireJobs } from './platform-series.ts';

/** Settings of {@link MonitoringDashboards}. */
export interface MonitoringDashboardsProps {
  /**
   * The jobs under which the platform's own metrics are stored, as `monitoredJobs` gives them. Others
   * have no panels.
   */
  readonly jobs: MonitoredJobs;
  /**
   * The label that carries the tenant.
   * @default 'namespace'
   */
  readonly tenancyLabel?: string;
  /**
   * Labels by which the sidecar of Grafana finds the ConfigMaps. Use one that the platform's own
   * Grafana alone looks for, where others look into this namespace too.
   * @default - `grafana_dashboard: "1"`
   */
  readonly sidecarLabels?: Readonly<Record<string, string>>;
}

/** A plain `kubectl apply` takes no larger object, in bytes. */
const MAX_BYTES = 256 * 1024;

/**
 * Dashboards on the platform, a ConfigMap each: the query frontend, Prometheus and Thanos, and what
 * tenants use.
 *
 * They are for the people of the platform: the data source they choose must be allowed to read the
 * platform's namespace, and for the usage of tenants those of the tenants.
 *
 * @throws {SynthError} If no job of the query frontend or of Prometheus is named, or one is not the
 *   name of a Service.
 */
export class MonitoringDashboards extends Construct {
  /** The ConfigMaps. */
  readonly configMaps: readonly k8s.KubeConfigMap[];

  constructor(scope: Construct, id: string, props: MonitoringDashboardsProps) {
    super(scope, id);
    const subject = `MonitoringDashboards ${this.node.path}`;
    const namespace = requireNamespace(this, subject);
    const tenancyLabel = requireTenancyLabel(subject, props.tenancyLabel ?? DEFAULT_TENANCY_LABEL);
    requireJobs(subject, props.jobs);
    const series = new PlatformSeries({ tenancyLabel, namespace, jobs: props.jobs });
    const labels = {
      ...objectLabels({ component: 'monitoring', instance: 'dashboards', software: PART_OF }),
      ...(props.sidecarLabels ?? { grafana_dashboard: '1' }),
    };
    const dashboards = [
      frontendDashboard(series),
      healthDashboard(series),
      tenantUsageDashboard(series, tenancyLabel),
    ];
    this.configMaps = dashboards.map((dashboard) => this.#add(subject, dashboard, labels));
  }

  #add(
    subject: string,
    dashboard: Dashboard,
    labels: Readonly<Record<string, string>>,
  ): k8s.KubeConfigMap {
    const text = printDashboard(dashboard);
    if (Buffer.byteLength(text) >= MAX_BYTES) {
      throw new SynthError(
        `${subject} ${dashboard.uid}`,
        `is larger than ${MAX_BYTES} bytes, which a client-side apply refuses`,
        'name fewer jobs',
      );
    }
    return new k8s.KubeConfigMap(this, dashboard.uid, {
      metadata: { name: `grafana-dashboard-${dashboard.uid}`, labels: { ...labels } },
      data: { [`${dashboard.uid}.json`]: text },
    });
  }
}
