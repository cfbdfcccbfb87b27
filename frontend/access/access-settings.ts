import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { ResourceAttributes } from './access-review-spec.ts';
import type { ReviewBudgetSettings } from './review-budget.ts';

/** How access by the API server is decided. Every default is the configuration's affair. */
export interface KubernetesAccessSettings {
  /** The label that the granted scopes carry. */
  readonly tenancyLabel: TenancyLabel;
  /** Audiences that a token may be meant for; empty asks for the API server's own. */
  readonly audiences: readonly string[];
  /** What a reader must be allowed in each namespace. */
  readonly attributes: ResourceAttributes;
  readonly cache: VerdictCacheSettings;
  readonly budget: ReviewBudgetSettings;
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
  /** Entries in each of the four caches. At least 1. */
  readonly maxEntries: number;
}
