import type { StaticLabel } from '../../tenant/static-labels.ts';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { ResourceAttributes } from './access-review-spec.ts';
import type { ReviewBudgetSettings } from './review-budget.ts';

/** The labels that granted scopes carry. */
export interface ScopeLabels {
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** Labels that every series must carry besides. @defaultValue none */
  readonly staticLabels?: readonly StaticLabel[] | undefined;
}

/** How access by the API server is decided. Every default is the configuration's affair. */
export interface KubernetesAccessSettings extends ScopeLabels {
  /** Audiences that a token may be meant for; empty asks for the API server's own. */
  readonly audiences: readonly string[];
  /** What a reader must be allowed in each namespace. */
  readonly attributes: ResourceAttributes;
  /** What a writer of silences must be allowed, beside the verb. Not there: nobody may write. */
  readonly silenceAttributes?: Omit<ResourceAttributes, 'verb'> | undefined;
  readonly cache: VerdictCacheSettings;
  readonly budget: ReviewBudgetSettings;
  /** Not there: a request that names no tenant is refused, but for a ServiceAccount. */
  readonly allNamespaces?: AllNamespacesSettings | undefined;
  /** What readers must be allowed instead, by class of endpoints. @defaultValue `attributes` for all */
  readonly attributesByEndpoint?: AttributesByEndpoint | undefined;
  /** Not there: nobody reads the whole cluster. */
  readonly clusterWide?: ClusterWideSettings | undefined;
}

/** Attributes by the names of classes of endpoints. */
export type AttributesByEndpoint = Readonly<Record<string, ResourceAttributes | undefined>>;

/** How reads of the whole cluster are decided. */
export interface ClusterWideSettings {
  /**
   * What a reader must be allowed in all namespaces at once.
   * @defaultValue what a reader of one namespace must be allowed there
   */
  readonly attributes?: ResourceAttributes | undefined;
}

/** How the tenants are found of a request that names none. */
export interface AllNamespacesSettings {
  /** Tenants that may be looked at. With more of them, a request must name its own. At least 1. */
  readonly maxCandidates: number;
  /** Tenants that one request may be granted so. At least 1. */
  readonly maxTenants: number;
  /** Reviews that one such request may have in flight at once. At least 1. */
  readonly parallelReviews: number;
  /** How long a tenant that was denied is left out without asking again, in milliseconds. */
  readonly skippedTtlMs: number;
}

/** How long verdicts are remembered, in milliseconds; 0 switches one kind off. */
export interface VerdictCacheSettings {
  /** Authenticated tokens, never beyond their own expiry. */
  readonly authenticatedTtlMs: number;
  /** Rejected tokens. */
  readonly rejectedTtlMs: number;
  /** Allowed access. */
  readonly allowedTtlMs: number;
  /** Denied access. */
  readonly deniedTtlMs: number;
  /** Entries in each cache: two for tokens, two for each set of attributes. At least 1. */
  readonly maxEntries: number;
}
