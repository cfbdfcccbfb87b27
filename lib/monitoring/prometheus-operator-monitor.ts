import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { PART_OF } from '../labels.ts';
import { NetworkDestination } from '../network/network-destination.ts';
import { requireNamespace } from '../platform-namespace.ts';
import type { PodPort } from '../pod-group.ts';
import { addPodScrape } from './scrape-config.ts';
import { requireOneWatcher, requireTellableSeries } from './one-watcher.ts';
import type { ScrapedCertificate, ScrapedPods } from './scraped-pods.ts';
import { addMonitor } from './service-monitor.ts';
import { WatchingPrometheus } from './watching-prometheus.ts';

/** Settings of {@link PrometheusOperatorMonitor}. */
export interface PrometheusOperatorMonitorProps {
  /** The kit's Prometheus. */
  readonly prometheus: { readonly tenancyLabel: TenancyLabel };
  /**
   * The namespace of the operator. It must not be a tenant's.
   * @default - that of the platform
   */
  readonly namespace?: string;
  /**
   * Labels that select its pods.
   * @default - `app.kubernetes.io/name: prometheus-operator`
   */
  readonly podLabels?: Readonly<Record<string, string>>;
  /**
   * The container port with its metrics.
   * @default - `http`, 8080
   */
  readonly port?: PodPort;
  /**
   * The certificate that the port shows.
   * @default - none: plain HTTP
   */
  readonly tls?: ScrapedCertificate;
  /**
   * The Prometheus that scrapes it.
   * @default WatchingPrometheus.own()
   */
  readonly watchedBy?: WatchingPrometheus;
}

/** The component that its monitor is labelled with. */
export const PROMETHEUS_OPERATOR = 'prometheus-operator';

/**
 * Has the Prometheus operator scraped. It is none of the kit's pods, but without it no change of a tenant
 * reaches Prometheus, and nothing else says so.
 *
 * Wherever it runs, its series belong to the namespace of the platform, where the alerts look for them.
 */
export class PrometheusOperatorMonitor extends Construct {
  /** The ScrapeConfig, or the PodMonitor for another Prometheus than the kit's own. */
  readonly monitor: ApiObject;
  /** The namespace of the operator. */
  readonly namespace: string;
  /** The operator, for `scrapeTargets` of `TenancyNetworkPolicies` where the kit's own Prometheus scrapes it. */
  readonly destination: NetworkDestination;

  constructor(scope: Construct, id: string, props: PrometheusOperatorMonitorProps) {
    super(scope, id);
    const subject = `PrometheusOperatorMonitor ${this.node.path}`;
    const platform = requireNamespace(this, subject);
    const watchedBy = props.watchedBy ?? WatchingPrometheus.own();
    requireTellableSeries(subject, watchedBy, props.prometheus.tenancyLabel);
    requireOneWatcher(this, subject, watchedBy);
    this.namespace = props.namespace ?? platform;
    const namespace = props.namespace === platform ? undefined : props.namespace;
    const podLabels = props.podLabels ?? { 'app.kubernetes.io/name': PROMETHEUS_OPERATOR };
    const port = props.port ?? { name: 'http', port: 8_080 };
    this.destination =
      namespace === undefined
        ? NetworkDestination.neighbours(podLabels, [port.port])
        : NetworkDestination.pods({ namespace, podLabels }, [port.port]);
    const pods: ScrapedPods = {
      name: PROMETHEUS_OPERATOR,
      namespace,
      podLabels,
      portNames: [port.name],
      namespaceLabels: [...new Set(['namespace', props.prometheus.tenancyLabel])],
      ...(namespace !== undefined && { namespaceOfSeries: platform }),
      ...(props.tls !== undefined && { tls: props.tls }),
      labels: {
        'app.kubernetes.io/part-of': PART_OF,
        'app.kubernetes.io/component': PROMETHEUS_OPERATOR,
      },
    };
    const { other } = watchedBy;
    this.monitor = other === undefined ? addPodScrape(this, pods) : addMonitor(this, pods, other);
  }
}
