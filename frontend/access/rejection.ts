import type { TenantId } from '../../tenant/tenant-id.ts';

/** Why a caller was not let through. It never carries the token, nor why a reviewer refused. */
export type AccessRejection =
  | { readonly code: 'token_missing' }
  | { readonly code: 'token_malformed'; readonly problem: TokenProblem }
  | { readonly code: 'token_rejected' }
  | { readonly code: 'tenant_denied'; readonly tenant: TenantId }
  | { readonly code: 'tenant_none_allowed' }
  | { readonly code: 'limit_tenants'; readonly limit: number; readonly value: number }
  | { readonly code: 'access_review_unavailable'; readonly retryAfterSeconds: number };

/** What is wrong with the Authorization header before anybody was asked about the token. */
export type TokenProblem = 'repeated_header' | 'not_bearer' | 'too_long' | 'not_visible_ascii';
