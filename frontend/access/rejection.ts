import type { TenantId } from '../../tenant/tenant-id.ts';
import type { NameProblem } from './certificate-subject.ts';

/** Why a caller was not let through. It never carries the token, nor why a reviewer refused. */
export type AccessRejection =
  | { readonly code: 'token_missing' }
  | { readonly code: 'token_malformed'; readonly problem: TokenProblem }
  | { readonly code: 'token_rejected' }
  | { readonly code: 'certificate_rejected'; readonly problem: CertificateProblem }
  | { readonly code: 'delegation_malformed'; readonly problem: DelegationProblem }
  | { readonly code: 'credentials_several' }
  | { readonly code: 'actor_rejected' }
  | { readonly code: 'tenant_denied'; readonly tenant: TenantId }
  | { readonly code: 'tenant_none_allowed' }
  | { readonly code: 'cluster_denied' }
  | { readonly code: 'limit_tenants'; readonly limit: number; readonly value: number }
  | { readonly code: 'access_review_unavailable'; readonly retryAfterSeconds: number };

/** What is wrong with the Authorization header before anybody was asked about the token. */
export type TokenProblem =
  'repeated_header' | 'differing_headers' | 'not_bearer' | 'too_long' | 'not_visible_ascii';

/** Why a client certificate speaks for nobody. */
export type CertificateProblem =
  NameProblem | 'unverified' | 'not_valid_now' | 'not_for_clients' | 'unknown_proxy';

/** What is wrong with the headers by which a front proxy names a user. */
export type DelegationProblem =
  NameProblem | 'user_missing' | 'repeated_header' | 'too_many_groups';
