import type { AttributesInput, EndpointClass } from '../../frontend/config/access-attributes.ts';
import type {
  AllNamespacesConfig,
  ReviewConfig,
  RightsWatchConfig,
  TenantMappingConfig,
} from '../../frontend/config/access-features.ts';
import type { GrafanaId, OidcIssuer } from './identity-providers.ts';

/**
 * Optional features of how access is decided. Each is off unless it is named here, and adds to the
 * frontend's rights what it needs and nothing else.
 */
export interface AccessFeatures {
  /**
   * Who asks the API server: the frontend, or each caller for itself, which needs no right at all.
   * @default 'subject'
   */
  readonly review?: ReviewConfig;
  /**
   * Issuers of OpenID Connect tokens beside the cluster. `TenancyNetworkPolicies` must be told where
   * they are.
   * @default - none
   */
  readonly oidcIssuers?: readonly OidcIssuer[];
  /**
   * The Grafana whose word for its users is verified and noted in the audit log. It grants nothing.
   * `TenancyNetworkPolicies` must be told where it is.
   * @default - none
   */
  readonly grafanaId?: GrafanaId;
  /**
   * Requests that name no namespace read all that their caller may.
   * @default - off
   */
  readonly allNamespaces?: Partial<AllNamespacesConfig>;
  /**
   * What single classes of endpoints ask the API server for, instead of `attributes`: queries, rules,
   * alerts, metadata, what comes from Alertmanager, federation. The tenants' Roles hold all of them.
   * @default - none: all of them ask for the same
   */
  readonly attributesByEndpoint?: Readonly<Partial<Record<EndpointClass, AttributesInput>>>;
  /**
   * Lets who is allowed it in all namespaces at once read the whole cluster, below `/all-namespaces/`.
   * `ClusterReaders` gives that right.
   * @default - off
   */
  readonly clusterWide?: { readonly enabled: boolean; readonly attributes?: AttributesInput };
  /**
   * Groups namespaces to tenants by their tenant label, which admission must protect.
   * @default - off: each namespace is a tenant of its own
   */
  readonly tenantMapping?: TenantMappingConfig;
  /**
   * Follows RBAC, so that a change of rights counts at once.
   * @default - off
   */
  readonly rightsWatch?: RightsWatchConfig;
}
