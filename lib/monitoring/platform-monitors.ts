import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { PART_OF } from '../labels.ts';
import { isSameGroup, type NetworkPart } from '../network/network-part.ts';
import type { PodGroup } from '../pod-group.ts';
import type { StoreEndpoint } from '../thanos/store-endpoint.ts';
import { addPodScrape } from './scrape-config.ts';
import { requireOneWatcher, requireTellableSeries } from './one-watcher.ts';
import type { ScrapedPods } from './scraped-pods.ts';
import { addMonitor } from './service-monitor.ts';
import { WatchingPrometheus } from './watching-prometheus.ts';

/** Pods of the platform. */
export interface MonitoredPart {
  /** The pods, with the ports that answer metrics. */
  readonly pods: PodGroup;
}

/** Settings of {@link PlatformMonitors}. */
export interface PlatformMonitorsProps {
  /** The kit's Prometheus, whose sidecars are scraped. */
  readonly prometheus: MonitoredPart & { readonly tenancyLabel: TenancyLabel };
  /** The querier; its endpoints are scraped as well. */
  readonly querier: MonitoredPart & { readonly endpoints: readonly StoreEndpoint[] };
  /** The frontend that tenants reach. */
  readonly frontend: MonitoredPart;
  /**
   * What else belongs to the platform, as `TenancyNetworkPolicies` is told.
   * @default - nothing
   */
  readonly parts?: readonly Pick<NetworkPart, 'pods'>[];
  /**
   * The Prometheus that scrapes them.
   * @default WatchingPrometheus.own()
   */
  readonly watchedBy?: WatchingPrometheus;
}

/**
 * Has the kit's own pods scraped: the frontend, Thanos, the sidecars.
 *
 * Their series belong to the namespace of the platform, as those of a tenant belong to the tenant's:
 * whoever may read metrics there sees them, and no tenant does. `TenancyNetworkPolicies` lets the one that
 * scrapes to these ports.
 */
export class PlatformMonitors extends Construct {
  /**
   * One for each group of pods: a ScrapeConfig for the kit's own Prometheus; for another one a
   * ServiceMonitor, or a PodMonitor where no Service of the kit leads to the pods.
   */
  readonly monitors: readonly ApiObject[];
  /** The Prometheus that scrapes them. */
  readonly watchedBy: WatchingPrometheus;

  constructor(scope: Construct, id: string, props: PlatformMonitorsProps) {
    super(scope, id);
    const { frontend, parts = [], prometheus, querier } = props;
    const subject = `PlatformMonitors ${this.node.path}`;
    const watchedBy = props.watchedBy ?? WatchingPrometheus.own();
    requireTellableSeries(subject, watchedBy, prometheus.tenancyLabel);
    requireOneWatcher(this, subject, watchedBy);
    this.watchedBy = watchedBy;
    const groups = [
      frontend.pods,
      querier.pods,
      prometheus.pods,
      ...parts.map(({ pods }) => pods),
      ...querier.endpoints.map(({ storePods }) => storePods),
    ];
    this.monitors = groups
      .filter((group, index) => groups.findIndex((it) => isSameGroup(it, group)) === index)
      .filter(({ metricsPorts }) => metricsPorts.length > 0)
      .map((group) => this.#add(scrapedPods(group, prometheus.tenancyLabel), watchedBy));
  }

  #add(pods: ScrapedPods, { other }: WatchingPrometheus): ApiObject {
    return other === undefined ? addPodScrape(this, pods) : addMonitor(this, pods, other);
  }
}

function scrapedPods(
  { component, metricsPorts, podLabels }: PodGroup,
  label: TenancyLabel,
): ScrapedPods {
  return {
    name: nameOf(component, podLabels),
    namespace: undefined,
    podLabels,
    portNames: metricsPorts.map(({ name }) => name),
    namespaceLabels: [...new Set(['namespace', label])],
    labels: {
      'app.kubernetes.io/part-of': PART_OF,
      'app.kubernetes.io/component': component,
    },
  };
}

// What tells parts of one workload from each other, such as shards, is in further labels.
function nameOf(component: string, podLabels: Readonly<Record<string, string>>): string {
  const instance = podLabels['app.kubernetes.io/instance'] ?? component;
  const further = Object.entries(podLabels)
    .filter(([name]) => !name.startsWith('app.kubernetes.io/'))
    .map(([, value]) => value);
  const named = instance.startsWith(component) ? instance : `${component}-${instance}`;
  return [named, ...further].join('-');
}
