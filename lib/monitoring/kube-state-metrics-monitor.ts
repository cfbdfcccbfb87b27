import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { PART_OF } from '../labels.ts';
import type { TenantPrometheus } from '../prometheus/tenant-prometheus.ts';
import { namespacesOfSeries, type Relabeling } from '../prometheus/reserved-names.ts';
import { addPodScrape } from './scrape-config.ts';

/** Settings of {@link KubeStateMetricsMonitor}. */
export interface KubeStateMetricsMonitorProps {
  /** The Prometheus that scrapes it. */
  readonly prometheus: TenantPrometheus;
  /**
   * The namespace of kube-state-metrics. It must not be a tenant's, since what kube-state-metrics says
   * of namespaces is believed. `TenancyNetworkPolicies` needs it among `scrapeNamespaces`.
   * @default 'kube-system'
   */
  readonly namespace?: string;
  /**
   * Labels that select its pods.
   * @default - `app.kubernetes.io/name: kube-state-metrics`
   */
  readonly podLabels?: Readonly<Record<string, string>>;
  /**
   * Name of the container port with the metrics of the cluster.
   * @default 'http-metrics'
   */
  readonly portName?: string;
}

const NAME = 'kube-state-metrics';

/**
 * Has kube-state-metrics scraped, and gives each of its series to the namespace that it speaks of.
 *
 * The labels of a scraped target come before those of its series, so what speaks of a tenant's namespace
 * arrives as `exported_namespace`; from there it becomes the tenancy label. Series that speak of none
 * stay with the namespace of kube-state-metrics. This one scrape configuration is excluded from the
 * enforcement of the operator, by its name and namespace.
 *
 * The exclusion names the namespace of the platform in full. An overlay that moves the installation
 * must change it, too; until then every series belongs to the platform, and tenants see none of them.
 */
export class KubeStateMetricsMonitor extends Construct {
  /** The scrape configuration. */
  readonly scrapeConfig: ApiObject;

  constructor(scope: Construct, id: string, props: KubeStateMetricsMonitorProps) {
    super(scope, id);
    const { prometheus } = props;
    this.scrapeConfig = addPodScrape(this, {
      name: NAME,
      namespace: props.namespace ?? 'kube-system',
      podLabels: props.podLabels ?? { 'app.kubernetes.io/name': NAME },
      portNames: [props.portName ?? 'http-metrics'],
      namespaceLabels: [...new Set(['namespace', prometheus.tenancyLabel])],
      metricRelabelings: namespaceOfSeries(prometheus.tenancyLabel),
      labels: { 'app.kubernetes.io/part-of': PART_OF, 'app.kubernetes.io/component': NAME },
    });
    prometheus.excludeScrapeConfig(NAME);
  }
}

// The metrics always say `namespace`, whatever label carries the tenant.
function namespaceOfSeries(tenancyLabel: TenancyLabel): readonly Relabeling[] {
  const taken: Relabeling = {
    action: 'replace',
    sourceLabels: ['exported_namespace'],
    regex: '(.+)',
    targetLabel: tenancyLabel,
  };
  return [...(tenancyLabel === 'namespace' ? [] : [taken]), ...namespacesOfSeries('namespace')];
}
