import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  type CertManagerIssuer,
  GrpcTls,
  monitoredJobs,
  MonitoringDashboards,
  MonitoringRules,
  PlatformMonitors,
  PrometheusOperatorMonitor,
  type PrometheusOperatorMonitorProps,
  PrometheusSelfMonitor,
  type RuntimeBundle,
  RuntimeCode,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
  ThanosCompactor,
  ThanosQuerier,
  ThanosQueryFrontend,
  ThanosStoreGateway,
  WatchingPrometheus,
  WebAccess,
} from '../lib/index.ts';

/** Settings of a {@link PlatformChart}. */
export interface PlatformChartProps {
  /** The namespace of everything that tenants share. It must exist. */
  readonly namespace: string;
  /** The name of the cluster, for the object store and for Thanos. */
  readonly cluster: string;
  /** The code of the query frontend. */
  readonly runtime: RuntimeBundle;
  /**
   * Who makes the certificates by which Thanos components know each other, and without which nobody may
   * speak to Prometheus' web port. It must be a certificate authority that signs for nobody else.
   * @default - nobody: gRPC between Thanos components is plain, and the web port takes the certificates in
   *   the Secrets `prometheus-web-tls` and `prometheus-web-client-tls`, which you make
   */
  readonly certificates?: CertManagerIssuer;
  /**
   * The audience of the API server, for which tenants' tokens are meant. The default is wrong on EKS, GKE
   * and AKS; `clusterIssuer` of a {@link TenantQueryFrontend} says how to find the right one.
   * @default 'https://kubernetes.default.svc.cluster.local'
   */
  readonly clusterIssuer?: string;
  /**
   * Who answers what is no query, and which endpoints the query frontend has, such as silences.
   * @default - those of a {@link TenantQueryFrontend}
   */
  readonly frontend?: Pick<TenantQueryFrontendProps, 'endpoints' | 'upstreams'>;
  /**
   * The Prometheus that watches the platform.
   * @default WatchingPrometheus.own()
   */
  readonly watchedBy?: WatchingPrometheus;
  /**
   * Where the Prometheus operator runs, to have it watched as well.
   * @default - it is not watched
   */
  readonly operator?: Omit<PrometheusOperatorMonitorProps, 'prometheus' | 'watchedBy'>;
}

/** Everything that tenants share: Prometheus, Thanos, the query frontend and the walls between. */
export class PlatformChart extends Chart {
  /** Scrapes all tenants. */
  readonly prometheus: TenantPrometheus;
  /** Serves what is in the object store. */
  readonly storeGateway: ThanosStoreGateway;
  /** Merges, thins out and deletes what is in the object store. */
  readonly compactor: ThanosCompactor;
  /** One view over both. */
  readonly querier: ThanosQuerier;
  /** Splits long queries and remembers answers. */
  readonly queryFrontend: ThanosQueryFrontend;
  /** The one address at which tenants query. */
  readonly frontend: TenantQueryFrontend;
  /** Has all of them scraped. */
  readonly monitors: PlatformMonitors;
  /** Has Prometheus scrape itself. */
  readonly selfMonitor: PrometheusSelfMonitor;
  /** Has the operator scraped, where it is said where that runs. */
  readonly operatorMonitor: PrometheusOperatorMonitor | undefined;
  /** Says when one of them fails. */
  readonly rules: MonitoringRules;
  /** Says when Prometheus itself fails, where another one watches the rest. */
  readonly ownRules: MonitoringRules | undefined;
  /** Shows how they do, and what tenants use. */
  readonly dashboards: MonitoringDashboards;
  /** Who may talk to whom. */
  readonly networkPolicies: TenancyNetworkPolicies;

  constructor(scope: Construct, id: string, props: PlatformChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    const { grpcTls, webAccess } = this.#certificates(props.certificates);
    this.prometheus = new TenantPrometheus(this, 'prometheus', {
      cluster: props.cluster,
      ...(grpcTls !== undefined && { grpcTls }),
      ...(webAccess !== undefined && { webAccess }),
    });
    this.storeGateway = new ThanosStoreGateway(this, 'store-gateway', {
      ...(grpcTls !== undefined && { grpcTls }),
    });
    this.compactor = new ThanosCompactor(this, 'compactor', { stores: [this.storeGateway] });
    this.querier = new ThanosQuerier(this, 'querier', {
      endpoints: [this.prometheus, this.storeGateway],
    });
    this.queryFrontend = new ThanosQueryFrontend(this, 'thanos-query-frontend', {
      downstream: this.querier,
    });
    this.frontend = new TenantQueryFrontend(this, 'query-frontend', {
      ...props.frontend,
      upstream: this.queryFrontend,
      code: RuntimeCode.configMap(props.runtime),
      ...(props.clusterIssuer !== undefined && { clusterIssuer: props.clusterIssuer }),
    });
    const platform = {
      prometheus: this.prometheus,
      querier: this.querier,
      frontend: this.frontend,
      parts: [this.queryFrontend, this.compactor],
    };
    const { prometheus } = this;
    const watchedBy = props.watchedBy ?? WatchingPrometheus.own();
    this.monitors = new PlatformMonitors(this, 'monitors', { ...platform, watchedBy });
    this.selfMonitor = new PrometheusSelfMonitor(this, 'self-monitor', { prometheus });
    this.operatorMonitor =
      props.operator === undefined
        ? undefined
        : new PrometheusOperatorMonitor(this, 'operator-monitor', {
            ...props.operator,
            prometheus,
            watchedBy,
          });
    const { tenancyLabel } = prometheus;
    const ownJobs = monitoredJobs([this.selfMonitor.scrapeConfig]);
    const watched = monitoredJobs([
      ...this.monitors.monitors,
      ...(this.operatorMonitor === undefined ? [] : [this.operatorMonitor.monitor]),
    ]);
    const jobs = { ...watched, ...ownJobs };
    const isOwn = watchedBy.other === undefined;
    this.rules = new MonitoringRules(this, 'rules', {
      jobs: isOwn ? jobs : watched,
      tenancyLabel,
      watchedBy,
    });
    this.ownRules = isOwn
      ? undefined
      : new MonitoringRules(this, 'own-rules', {
          name: 'tenancy-prometheus',
          jobs: ownJobs,
          tenancyLabel,
        });
    this.dashboards = new MonitoringDashboards(this, 'dashboards', { jobs, tenancyLabel });
    this.networkPolicies = new TenancyNetworkPolicies(this, 'network', {
      ...platform,
      watchedBy,
      scrapeTargets:
        isOwn && this.operatorMonitor !== undefined ? [this.operatorMonitor.destination] : [],
    });
  }

  #certificates(issuer: CertManagerIssuer | undefined): {
    grpcTls?: GrpcTls;
    webAccess?: WebAccess;
  } {
    if (issuer === undefined) return {};
    return {
      grpcTls: GrpcTls.certManager(this, 'grpc-certificates', { issuer }),
      webAccess: WebAccess.certManager(this, 'web-certificates', { issuer }),
    };
  }
}
