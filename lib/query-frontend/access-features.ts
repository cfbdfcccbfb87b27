import type {
  AllNamespacesConfig,
  ReviewConfig,
  RightsWatchConfig,
  TenantMappingConfig,
} from '../../frontend/config/access-features.ts';
import type { OidcIssuerConfig } from '../../frontend/config/access-oidc.ts';

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
   * Issuers of OpenID Connect tokens beside the cluster. The frontend's pods must be able to reach
   * them.
   * @default - none
   */
  readonly oidcIssuers?: readonly (Pick<
    OidcIssuerConfig,
    'issuer' | 'audiences' | 'usernamePrefix'
  > &
    Partial<OidcIssuerConfig>)[];
  /**
   * Requests that name no namespace read all that their caller may.
   * @default - off
   */
  readonly allNamespaces?: Partial<AllNamespacesConfig>;
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
