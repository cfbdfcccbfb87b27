import { LIMIT_ERROR_CODES } from './limit-error-codes.ts';
import type { Rejection } from './rejection.ts';

/** A stable error code: one for each kind of rejection. */
export type ErrorCodeName = Rejection['code'];

/** One row of the error table: what a code means and what helps. The texts are public. */
export interface ErrorCode {
  /** HTTP status of the answer. */
  readonly status: number;
  /** `errorType` in the envelope: Prometheus' own where there is one. */
  readonly errorType: string;
  /** What happened. */
  readonly summary: string;
  /** What the caller or the operator can do. */
  readonly remedy: string;
}

/**
 * Every error code of the query frontend. Codes are stable: a meaning never changes, a code is
 * never reused. `docs/errors.md` is generated from this table.
 */
export const ERROR_CODES: Readonly<Record<ErrorCodeName, ErrorCode>> = {
  request_malformed: {
    status: 400,
    errorType: 'bad_data',
    summary:
      'The request line or a header cannot be read, the version is not HTTP/1.1, or there is not exactly one Host header.',
    remedy: 'Send one plain HTTP/1.1 request.',
  },
  headers_too_large: {
    status: 431,
    errorType: 'bad_data',
    summary: 'The request line and the headers together are longer than 16 KiB.',
    remedy: 'Send long queries as POST, with a form body.',
  },
  request_timeout: {
    status: 408,
    errorType: 'timeout',
    summary:
      'Headers or body did not arrive within `listener.headersTimeoutMs` or `listener.requestTimeoutMs`.',
    remedy: 'Send the request at once.',
  },
  route_unknown: {
    status: 404,
    errorType: 'not_found',
    summary: 'The path is not in the route table, byte by byte.',
    remedy: 'See the table of endpoints; escapes, doubled and trailing slashes are other paths.',
  },
  method_not_allowed: {
    status: 405,
    errorType: 'bad_data',
    summary: 'The endpoint does not take this method.',
    remedy: 'Use a method that the Allow header names.',
  },
  upgrade_refused: {
    status: 400,
    errorType: 'bad_data',
    summary: 'The request asks for a protocol upgrade.',
    remedy: 'Leave the Upgrade header out.',
  },
  expectation_refused: {
    status: 417,
    errorType: 'bad_data',
    summary: 'The Expect header asks for something other than 100-continue.',
    remedy: 'Leave the Expect header out.',
  },
  body_unexpected: {
    status: 400,
    errorType: 'bad_data',
    summary: 'The request has a body where none belongs.',
    remedy: 'Put the parameters into the URL, or use POST with a form body.',
  },
  body_type_unsupported: {
    status: 415,
    errorType: 'bad_data',
    summary:
      'The body is not application/x-www-form-urlencoded, or, for a silence, not application/json.',
    remedy: 'Send the parameters as a form, and silences as JSON.',
  },
  body_encoding_unsupported: {
    status: 415,
    errorType: 'bad_data',
    summary: 'The body has a Content-Encoding.',
    remedy: 'Send the form as it is.',
  },
  body_too_large: {
    status: 413,
    errorType: 'bad_data',
    summary: 'The body is longer than `limits.bodyBytes`.',
    remedy: 'Shorten the query, or raise the limit.',
  },
  body_malformed: {
    status: 400,
    errorType: 'bad_data',
    summary: 'The body of a silence is no JSON in UTF-8, or nested too deep.',
    remedy: 'Send one JSON object.',
  },
  silence_malformed: {
    status: 400,
    errorType: 'bad_data',
    summary: 'A member of a silence is missing or not of the form that Alertmanager describes.',
    remedy: 'The message names the member.',
  },
  silence_matcher_refused: {
    status: 400,
    errorType: 'bad_data',
    summary:
      'A silence has a matcher on the tenancy label, or a static one, that is no equality with a value of the request, or more than one.',
    remedy: 'Match the tenancy label once, with `isRegex: false` and `isEqual: true`.',
  },
  silence_tenant_missing: {
    status: 400,
    errorType: 'bad_data',
    summary: 'The request names several namespaces, and the silence does not say for which it is.',
    remedy: 'Add a matcher on the tenancy label, or name one namespace.',
  },
  silence_denied: {
    status: 403,
    errorType: 'forbidden',
    summary: 'The caller may not do this to silences of this namespace, or it does not exist.',
    remedy: 'Ask the owner of the namespace for the right: see `access.silenceAttributes`.',
  },
  silence_unknown: {
    status: 404,
    errorType: 'not_found',
    summary:
      'There is no silence with this identifier that acts on the namespaces of the request alone.',
    remedy: 'List the silences of the namespace.',
  },
  page_unknown: {
    status: 400,
    errorType: 'bad_data',
    summary: 'The page that `group_next_token` stands for is not there, or no longer.',
    remedy: 'Begin with the first page again.',
  },
  parameter_malformed: {
    status: 400,
    errorType: 'bad_data',
    summary: 'A parameter has a bad percent escape, is not UTF-8, or holds a control character.',
    remedy: 'Encode the parameters as a form; only PromQL may hold line breaks.',
  },
  parameter_missing: {
    status: 400,
    errorType: 'bad_data',
    summary: 'A parameter that the endpoint needs is missing or empty.',
    remedy: 'Send the parameter.',
  },
  parameter_repeated: {
    status: 400,
    errorType: 'bad_data',
    summary: 'A parameter with one value was sent with several, in the URL, the body or both.',
    remedy: 'Send it once.',
  },
  parameter_invalid: {
    status: 400,
    errorType: 'bad_data',
    summary: 'A parameter cannot be read as what it should be.',
    remedy: 'The message says what was expected.',
  },
  limit_parameters: {
    status: 422,
    errorType: 'bad_data',
    summary: 'The request has too many parameters.',
    remedy: 'Send fewer parameters.',
  },
  limit_tenants: {
    status: 422,
    errorType: 'bad_data',
    summary:
      'The request names more namespaces than `limits.tenants`, or names none where the caller may read more than `access.allNamespaces` lets one request have.',
    remedy: 'Name fewer namespaces, or raise the limit.',
  },
  tenant_malformed: {
    status: 400,
    errorType: 'bad_data',
    summary: 'A namespace is not an RFC 1123 label.',
    remedy: 'Write the plain name of a namespace; patterns and empty values are not names.',
  },
  tenant_sources_differ: {
    status: 400,
    errorType: 'bad_data',
    summary: 'Path, parameter and header name different sets of namespaces.',
    remedy: 'Name the namespaces in one place.',
  },
  tenant_missing: {
    status: 400,
    errorType: 'bad_data',
    summary:
      'The request names no namespace, and the caller is no ServiceAccount that may read its own.',
    remedy: 'Name a namespace: /namespaces/<namespace>/api/v1/..., or the parameter namespace.',
  },
  token_missing: {
    status: 401,
    errorType: 'unauthorized',
    summary: 'There is no bearer token, and no other credential that this installation takes.',
    remedy: 'Send "Authorization: Bearer <token>".',
  },
  token_malformed: {
    status: 401,
    errorType: 'unauthorized',
    summary:
      'The Authorization header is not one bearer token of visible ASCII up to 8 KiB, or the headers of `access.tokenHeaders` hold different tokens.',
    remedy: 'Send one Authorization header with one bearer token.',
  },
  certificate_rejected: {
    status: 401,
    errorType: 'unauthorized',
    summary:
      'There is no token, and the client certificate speaks for nobody: it is not of the configured authority, not valid now, not for client authentication, or it names nobody that is taken. The connection is closed.',
    remedy: 'Use a certificate for client authentication of this installation, or a token.',
  },
  credentials_several: {
    status: 401,
    errorType: 'unauthorized',
    summary: 'The request brings both a valid client certificate and a token.',
    remedy: 'Leave one of them out: a request is made by one caller.',
  },
  actor_rejected: {
    status: 401,
    errorType: 'unauthorized',
    summary:
      'The header X-Grafana-Id is there, and is not one valid token that the Grafana of `access.grafanaId` signed.',
    remedy: 'Leave the header to Grafana, and compare `access.grafanaId` with its settings.',
  },
  delegation_malformed: {
    status: 401,
    errorType: 'unauthorized',
    summary:
      'A front proxy names no user, several, or one whose name is malformed or begins with `system:`.',
    remedy: 'Let the proxy set the header of the user once, and one header for each group.',
  },
  token_rejected: {
    status: 401,
    errorType: 'unauthorized',
    summary: 'The token is not valid: unknown, expired, revoked, or meant for another audience.',
    remedy: 'Get a new token for the audience of this installation.',
  },
  tenant_denied: {
    status: 403,
    errorType: 'forbidden',
    summary: 'The caller may not read this namespace, or it does not exist.',
    remedy: 'Ask the owner of the namespace for its reader role.',
  },
  tenant_none_allowed: {
    status: 403,
    errorType: 'forbidden',
    summary: 'The request names no namespace, and there is none that the caller may read.',
    remedy: 'Ask the owner of a namespace for its reader role.',
  },
  cluster_denied: {
    status: 403,
    errorType: 'forbidden',
    summary:
      'The caller may not read the whole cluster; rights in single namespaces do not add up to it.',
    remedy: 'Name namespaces, or ask the platform for the right in all namespaces.',
  },
  access_review_unavailable: {
    status: 503,
    errorType: 'unavailable',
    summary:
      'The API server gave no verdict, the keys of an issuer cannot be read, or the budget of reviews is used up.',
    remedy: 'Try again after the time in Retry-After.',
  },
  query_malformed: {
    status: 400,
    errorType: 'bad_data',
    summary: 'The PromQL does not parse, or its types do not fit.',
    remedy: 'The message says where and what was expected.',
  },
  query_unsupported: {
    status: 400,
    errorType: 'bad_data',
    summary: 'The PromQL is valid but refused here, for one of a closed list of reasons.',
    remedy: 'The message names the reason.',
  },
  limit_query_bytes: {
    status: 422,
    errorType: 'bad_data',
    summary: 'The expression is longer than `limits.queryBytes`.',
    remedy: 'Shorten the expression, or raise the limit.',
  },
  limit_scoped_bytes: {
    status: 422,
    errorType: 'bad_data',
    summary:
      'With the matcher of its scope in every selector the PromQL is longer than `limits.scopedBytes`.',
    remedy: 'Name fewer namespaces, split the expression, or raise the limit.',
  },
  limit_query_depth: {
    status: 422,
    errorType: 'bad_data',
    summary: 'The expression is nested deeper than `limits.queryDepth`.',
    remedy: 'Flatten the expression, or raise the limit.',
  },
  limit_query_selectors: {
    status: 422,
    errorType: 'bad_data',
    summary:
      'The expression, or all `match[]` together, have more selectors than `limits.querySelectors`.',
    remedy: 'Split the request, or raise the limit.',
  },
  limit_query_terms: {
    status: 422,
    errorType: 'bad_data',
    summary: 'The expression has more terms than can be checked in time.',
    remedy: 'Split the expression.',
  },
  ...LIMIT_ERROR_CODES,
  tenant_matcher_conflict: {
    status: 400,
    errorType: 'bad_data',
    summary: 'A matcher on the tenancy label asks for something outside the scope.',
    remedy: 'Leave the matcher out: the scope is added anyway.',
  },
  query_refused_upstream: {
    status: 422,
    errorType: 'execution',
    summary: 'The upstream refused the query (400 or 422, as it answered).',
    remedy: 'The message is that of the PromQL engine, where it may be shown.',
  },
  upstream_unavailable: {
    status: 503,
    errorType: 'unavailable',
    summary: 'The upstream gave no answer, or one that tells of a part that is down.',
    remedy: 'Try again; the log of the frontend names the cause.',
  },
  upstream_timeout: {
    status: 504,
    errorType: 'timeout',
    summary: 'The answer was not there within `upstream.deadlineMs`.',
    remedy: 'Ask for less: a shorter range, a coarser step, fewer series.',
  },
  upstream_unexpected: {
    status: 502,
    errorType: 'unavailable',
    summary: 'The upstream answered with something that is no answer of the Prometheus API.',
    remedy: 'Check `upstream.url`; the log of the frontend names the status.',
  },
  upstream_throttled: {
    status: 429,
    errorType: 'unavailable',
    summary: 'The upstream asks for fewer requests.',
    remedy: 'Try again after the time in Retry-After.',
  },
  internal: {
    status: 500,
    errorType: 'internal',
    summary:
      'A defect of the frontend. Nothing was sent upstream, or its answer was not passed on.',
    remedy: 'Report it with the request id.',
  },
};
