import type { TenantId } from '../../tenant/tenant-id.ts';
import type { WriteVerb } from '../access/access.ts';
import type { SilenceProblem } from '../answers/silence-request.ts';

/** Why a request was refused for its form, before anybody was asked about the caller's rights. */
export type RequestRejection =
  | { readonly code: 'request_malformed'; readonly problem: RequestProblem }
  | { readonly code: 'headers_too_large' }
  | { readonly code: 'request_timeout' }
  | { readonly code: 'route_unknown' }
  | { readonly code: 'method_not_allowed'; readonly allowed: readonly string[] }
  | { readonly code: 'upgrade_refused' }
  | { readonly code: 'expectation_refused' }
  | { readonly code: 'body_unexpected' }
  | { readonly code: 'body_type_unsupported' }
  | { readonly code: 'body_encoding_unsupported' }
  | { readonly code: 'body_too_large'; readonly limitBytes: number }
  | { readonly code: 'body_malformed' }
  | SilenceProblem
  | { readonly code: 'silence_unknown' }
  | { readonly code: 'silence_denied'; readonly verb: WriteVerb; readonly tenant: TenantId }
  | { readonly code: 'page_unknown' }
  | { readonly code: 'parameter_malformed'; readonly parameter: string }
  | { readonly code: 'parameter_missing'; readonly parameter: string }
  | { readonly code: 'parameter_repeated'; readonly parameter: string }
  | { readonly code: 'parameter_invalid'; readonly parameter: string; readonly expected: string }
  | { readonly code: 'limit_parameters'; readonly limit: number; readonly value: number }
  | { readonly code: 'limit_tenants'; readonly limit: number; readonly value: number }
  | { readonly code: 'tenant_malformed'; readonly source: TenantSource }
  | { readonly code: 'tenant_sources_differ'; readonly sources: readonly TenantSource[] }
  | { readonly code: 'tenant_missing' };

/** Where a request may name its tenants. */
export type TenantSource = 'path' | 'parameter' | 'header';

/** What is wrong with the framing of a request. */
export type RequestProblem = 'host' | 'http' | 'version';
