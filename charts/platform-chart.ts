import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { RuntimeBundle } from '../lib/query-frontend/runtime-bundle.ts';
import {
  monitoredJobs,
  MonitoringDashboards,
  MonitoringRules,
  PlatformMonitors,
  PrometheusSelfMonitor,
  RuntimeCode,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosCompactor,
  ThanosQuerier,
  ThanosQueryFrontend,
  ThanosStoreGateway,
} from '../lib/index.ts';

/** Settings of a {@link PlatformChart}. */
export interface PlatformChartProps {
  /** The namespace of everything that tenants share. It must exist. */
  readonly namespace: string;
  /** The name of the cluster, for the object store and for Thanos. */
  readonly cluster: string;
  /** The code of the query frontend. */
  readonly runtime: RuntimeBundle;
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
  /** Says when one of them fails. */
  readonly rules: MonitoringRules;
  /** Shows how they do, and what tenants use. */
  readonly dashboards: MonitoringDashboards;
  /** Who may talk to whom. */
  readonly networkPolicies: TenancyNetworkPolicies;

  constructor(scope: Construct, id: string, props: PlatformChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    this.prometheus = new TenantPrometheus(this, 'prometheus', { cluster: props.cluster });
    this.storeGateway = new ThanosStoreGateway(this, 'store-gateway');
    this.compactor = new ThanosCompactor(this, 'compactor', { stores: [this.storeGateway] });
    this.querier = new ThanosQuerier(this, 'querier', {
      endpoints: [this.prometheus, this.storeGateway],
    });
    this.queryFrontend = new ThanosQueryFrontend(this, 'thanos-query-frontend', {
      downstream: this.querier,
    });
    this.frontend = new TenantQueryFrontend(this, 'query-frontend', {
      upstream: this.queryFrontend,
      code: RuntimeCode.configMap(props.runtime),
    });
    const platform = {
      prometheus: this.prometheus,
      querier: this.querier,
      frontend: this.frontend,
      parts: [this.queryFrontend, this.compactor],
    };
    this.monitors = new PlatformMonitors(this, 'monitors', platform);
    const { prometheus } = this;
    this.selfMonitor = new PrometheusSelfMonitor(this, 'self-monitor', { prometheus });
    const watching = {
      jobs: monitoredJobs([...this.monitors.scrapeConfigs, this.selfMonitor.scrapeConfig]),
      tenancyLabel: prometheus.tenancyLabel,
    };
    this.rules = new MonitoringRules(this, 'rules', watching);
    this.dashboards = new MonitoringDashboards(this, 'dashboards', watching);
    this.networkPolicies = new TenancyNetworkPolicies(this, 'network', platform);
  }
}
