import { MAX_TOKEN_BYTES } from '../access/bearer-token.ts';
import type { TokenProblem } from '../access/rejection.ts';
import { describeLimit } from '../limits/describe-limit.ts';
import { describeProblem } from '../promql/describe-problem.ts';
import {
  describeCertificateProblem,
  describeDelegationProblem,
} from './describe-credential-problem.ts';
import { ERROR_CODES } from './error-codes.ts';
import type { Rejection } from './rejection.ts';
import type { RequestProblem, RequestRejection } from './request-rejection.ts';

/** An error answer, ready to be sent. */
export interface ErrorAnswer {
  readonly status: number;
  /** Headers beside those that every answer has. */
  readonly headers: Readonly<Record<string, string>>;
  /** The error envelope of the Prometheus HTTP API, with our code beside it. */
  readonly body: string;
}

/** Says a rejection in the error format of the Prometheus HTTP API. The only place that does. */
export function renderRejection(rejection: Rejection, requestId: string): ErrorAnswer {
  const row = ERROR_CODES[rejection.code];
  const isUpstreamRefusal = rejection.code === 'query_refused_upstream';
  const envelope = {
    status: 'error',
    errorType: isUpstreamRefusal ? rejection.errorType : row.errorType,
    error: describeRejection(rejection),
    code: rejection.code,
    ...('position' in rejection && { position: rejection.position }),
    requestId,
  };
  return {
    status: isUpstreamRefusal ? rejection.status : row.status,
    headers: headersOf(rejection),
    body: `${JSON.stringify(envelope)}\n`,
  };
}

function headersOf(rejection: Rejection): Readonly<Record<string, string>> {
  switch (rejection.code) {
    case 'method_not_allowed':
      return { Allow: rejection.allowed.join(', ') };
    case 'token_missing':
    case 'token_malformed':
    case 'token_rejected':
    case 'credentials_several':
    case 'delegation_malformed':
    case 'actor_rejected':
      return { 'WWW-Authenticate': 'Bearer' };
    case 'certificate_rejected':
      // A certificate is shown once a connection, so the next attempt needs another one.
      return { 'WWW-Authenticate': 'Bearer', Connection: 'close' };
    case 'access_review_unavailable':
    case 'upstream_throttled':
    case 'limit_rate':
    case 'limit_concurrency':
    case 'limit_connections':
      return { 'Retry-After': String(rejection.retryAfterSeconds) };
    case 'upstream_unavailable':
      return { 'Retry-After': '1' };
    default:
      return {};
  }
}

/** Says a rejection in one clause. Never a token, another tenant's name or an upstream address. */
export function describeRejection(rejection: Rejection): string {
  switch (rejection.code) {
    case 'request_malformed':
      return describeRequestProblem(rejection.problem);
    case 'headers_too_large':
      return 'the request line and the headers are too long';
    case 'request_timeout':
      return 'the request did not arrive in time';
    case 'route_unknown':
      return 'there is no such endpoint';
    case 'method_not_allowed':
      return `the endpoint takes ${rejection.allowed.join(' and ')}`;
    case 'upgrade_refused':
      return 'protocol upgrades are not offered';
    case 'expectation_refused':
      return 'the only expectation that is met is 100-continue';
    case 'body_unexpected':
      return 'this request takes its parameters from the URL, not from a body';
    case 'body_type_unsupported':
      return 'the body must be application/x-www-form-urlencoded, or application/json for a silence';
    case 'body_encoding_unsupported':
      return 'the body must not have a Content-Encoding';
    case 'body_too_large':
      return `the body is longer than ${rejection.limitBytes} bytes`;
    case 'body_malformed':
      return 'the body must be one JSON value in UTF-8';
    case 'silence_malformed':
      return `${rejection.member} of the silence is missing or malformed`;
    case 'silence_matcher_refused':
      return `a silence must match ${rejection.label} once, by equality with a namespace of the request`;
    case 'silence_tenant_missing':
      return `a silence for one of several namespaces must match ${rejection.label} by equality`;
    case 'silence_denied':
      return `not allowed to ${rejection.verb} silences in namespace ${rejection.tenant}`;
    case 'silence_unknown':
      return 'there is no such silence';
    case 'page_unknown':
      return 'group_next_token names no group of rules';
    case 'parameter_malformed':
      return `parameter "${rejection.parameter}" has a bad escape, is not UTF-8, or holds a control character`;
    case 'parameter_missing':
      return `parameter "${rejection.parameter}" is missing`;
    case 'parameter_repeated':
      return `parameter "${rejection.parameter}" has more than one value`;
    case 'parameter_invalid':
      return `parameter "${rejection.parameter}" must be ${rejection.expected}`;
    case 'limit_parameters':
      return `the request has ${rejection.value} parameters, and at most ${rejection.limit} are allowed`;
    case 'limit_tenants':
      return `the request names ${rejection.value} namespaces, and at most ${rejection.limit} are allowed`;
    case 'tenant_malformed':
      return `the ${rejection.source} names a namespace that is not an RFC 1123 label`;
    case 'tenant_sources_differ':
      return `${rejection.sources.join(' and ')} name different namespaces`;
    case 'tenant_missing':
      return 'the request names no namespace: use /namespaces/<namespace>/api/v1/... or the parameter namespace';
    default:
      return describeLaterRejection(rejection);
  }
}

function describeLaterRejection(rejection: Exclude<Rejection, RequestRejection>): string {
  switch (rejection.code) {
    case 'token_missing':
      return 'a bearer token is needed';
    case 'token_malformed':
      return describeTokenProblem(rejection.problem);
    case 'token_rejected':
      return 'the token is not valid here';
    case 'certificate_rejected':
      return describeCertificateProblem(rejection.problem);
    case 'credentials_several':
      return 'a request must bring a client certificate or a token, not both';
    case 'actor_rejected':
      return 'the X-Grafana-Id header is not valid here';
    case 'delegation_malformed':
      return describeDelegationProblem(rejection.problem);
    case 'tenant_denied':
      return `not allowed to read metrics in namespace ${rejection.tenant}`;
    case 'tenant_none_allowed':
      return 'there is no namespace whose metrics you may read';
    case 'cluster_denied':
      return 'not allowed to read metrics of all namespaces';
    case 'access_review_unavailable':
      return 'whether this is allowed cannot be found out at the moment';
    case 'limit_rate':
    case 'limit_concurrency':
    case 'limit_connections':
    case 'limit_range':
    case 'limit_points':
    case 'limit_lookback':
    case 'limit_offset':
    case 'limit_subquery_points':
    case 'limit_response_bytes':
      return describeLimit(rejection);
    case 'query_refused_upstream':
      return rejection.message ?? 'the query could not be executed';
    case 'upstream_unavailable':
      return 'the metrics store does not answer at the moment';
    case 'upstream_timeout':
      return `the query took longer than ${rejection.deadlineMs} ms`;
    case 'upstream_unexpected':
      return 'the metrics store gave an answer that is not understood';
    case 'upstream_throttled':
      return 'the metrics store asks for fewer requests';
    case 'internal':
      return 'an internal error; the log has it under this request id';
    default:
      return describeProblem(rejection);
  }
}

function describeRequestProblem(problem: RequestProblem): string {
  switch (problem) {
    case 'host':
      return 'the request must have exactly one Host header';
    case 'http':
      return 'the request is not well-formed HTTP/1.1';
    case 'version':
      return 'the request must be HTTP/1.1';
    default:
      return problem satisfies never;
  }
}

function describeTokenProblem(problem: TokenProblem): string {
  switch (problem) {
    case 'repeated_header':
      return 'there must be exactly one header with a token';
    case 'differing_headers':
      return 'two headers hold different tokens';
    case 'not_bearer':
      return 'the Authorization header must hold a bearer token';
    case 'too_long':
      return `the token is longer than ${MAX_TOKEN_BYTES} bytes`;
    case 'not_visible_ascii':
      return 'the token holds something other than visible ASCII';
    default:
      return problem satisfies never;
  }
}
