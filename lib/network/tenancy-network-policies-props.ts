import type { WatchingPrometheus } from '../monitoring/watching-prometheus.ts';
import type { TenantPrometheus } from '../prometheus/tenant-prometheus.ts';
import type { TenantQueryFrontend } from '../query-frontend/tenant-query-frontend.ts';
import type { ThanosQuerier } from '../thanos/querier.ts';
import { NetworkDestination, type RemotePods } from './network-destination.ts';
import type { NetworkPart } from './network-part.ts';

/** Where names are resolved. */
export interface DnsResolver extends RemotePods {
  /**
   * Port of the resolver's pods, both UDP and TCP. OpenShift's is 5353.
   * @default 53
   */
  readonly port?: number;
}

/** Settings of `TenancyNetworkPolicies`. */
export interface TenancyNetworkPoliciesProps {
  /** The Prometheus that scrapes tenants. */
  readonly prometheus: TenantPrometheus;
  /** The querier; its endpoints are the stores it may reach. */
  readonly querier: ThanosQuerier;
  /** The frontend that tenants reach. */
  readonly frontend: TenantQueryFrontend;
  /**
   * What else belongs to the platform: the query frontend of Thanos, the compactor, a ruler, receive,
   * caches. Stores that the querier asks need not be named.
   * @default - nothing
   */
  readonly parts?: readonly NetworkPart[];
  /**
   * The Prometheus that may reach the metrics of the platform, as `PlatformMonitors` is told.
   * @default WatchingPrometheus.own()
   */
  readonly watchedBy?: WatchingPrometheus;
  /**
   * Clients of the frontend beside the pods of tenants' namespaces, such as a Grafana of its own.
   * @default - none
   */
  readonly clients?: readonly RemotePods[];
  /**
   * The resolver of the cluster. A node-local cache needs `dnsCidrs` as well.
   * @default - pods labelled `k8s-app: kube-dns` in `kube-system`, port 53
   */
  readonly dns?: DnsResolver;
  /**
   * Addresses of a resolver that is no pod, such as `169.254.20.10/32`.
   * @default - none
   */
  readonly dnsCidrs?: readonly string[];
  /**
   * The API server. Policies act after the Service address is translated, so its real addresses
   * count.
   * @default - anywhere on port 443 and 6443, with a warning annotation
   */
  readonly apiServer?: NetworkDestination;
  /**
   * The object store.
   * @default - anywhere on port 443, with a warning annotation
   */
  readonly objstore?: NetworkDestination;
  /**
   * The issuers of OpenID Connect tokens, and the Grafana, whose keys the frontend asks for. An issuer's
   * keys may lie on another host than its discovery document.
   * @default - none; where the frontend knows identity providers, it must be given
   */
  readonly identityProviders?: readonly NetworkDestination[];
  /**
   * Pods that Prometheus scrapes beside those of tenants and of the platform, such as the `destination` of
   * `PrometheusOperatorMonitor`.
   * @default - none
   */
  readonly scrapeTargets?: readonly NetworkDestination[];
  /**
   * Namespaces that Prometheus scrapes beside those of tenants.
   * @default - none
   */
  readonly scrapeNamespaces?: readonly string[];
  /**
   * Addresses that Prometheus scrapes and that are no pods: nodes, for pods on the host network. The
   * metadata service of the cloud is always excepted.
   * @default - none
   */
  readonly scrapeCidrs?: readonly string[];
}

/** The settings with every default filled in. */
export interface NetworkSettings {
  readonly clients: readonly RemotePods[];
  readonly dns: Required<DnsResolver>;
  readonly dnsCidrs: readonly string[];
  readonly apiServer: NetworkDestination;
  readonly objstore: NetworkDestination;
  readonly identityProviders: readonly NetworkDestination[];
  readonly scrapeTargets: readonly NetworkDestination[];
  readonly scrapeNamespaces: readonly string[];
  readonly scrapeCidrs: readonly string[];
}

/** Fills in the defaults. */
export function resolveNetwork(props: TenancyNetworkPoliciesProps): NetworkSettings {
  return {
    clients: props.clients ?? [],
    dns: {
      namespace: props.dns?.namespace ?? 'kube-system',
      podLabels: props.dns?.podLabels ?? { 'k8s-app': 'kube-dns' },
      port: props.dns?.port ?? 53,
    },
    dnsCidrs: props.dnsCidrs ?? [],
    apiServer: props.apiServer ?? NetworkDestination.anywhere([443, 6_443], 'the API server'),
    objstore: props.objstore ?? NetworkDestination.anywhere([443], 'the object store'),
    identityProviders: props.identityProviders ?? [],
    scrapeTargets: props.scrapeTargets ?? [],
    scrapeNamespaces: props.scrapeNamespaces ?? [],
    scrapeCidrs: props.scrapeCidrs ?? [],
  };
}
