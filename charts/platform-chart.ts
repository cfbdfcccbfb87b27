import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { RuntimeBundle } from '../lib/query-frontend/runtime-bundle.ts';
import {
  RuntimeCode,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
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
  /** One view over both. */
  readonly querier: ThanosQuerier;
  /** The one address at which tenants query. */
  readonly frontend: TenantQueryFrontend;
  /** Who may talk to whom. */
  readonly networkPolicies: TenancyNetworkPolicies;

  constructor(scope: Construct, id: string, props: PlatformChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    this.prometheus = new TenantPrometheus(this, 'prometheus', { cluster: props.cluster });
    this.storeGateway = new ThanosStoreGateway(this, 'store-gateway');
    this.querier = new ThanosQuerier(this, 'querier', {
      endpoints: [this.prometheus, this.storeGateway],
    });
    this.frontend = new TenantQueryFrontend(this, 'query-frontend', {
      upstream: this.querier,
      code: RuntimeCode.configMap(props.runtime),
    });
    this.networkPolicies = new TenancyNetworkPolicies(this, 'network', {
      prometheus: this.prometheus,
      querier: this.querier,
      frontend: this.frontend,
    });
  }
}
