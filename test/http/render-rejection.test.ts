import { describe, expect, it } from '@jest/globals';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { ERROR_CODES } from '../../frontend/http/error-codes.ts';
import type { Rejection } from '../../frontend/http/rejection.ts';
import { renderRejection } from '../../frontend/http/render-rejection.ts';

interface Envelope {
  readonly status: string;
  readonly errorType: string;
  readonly error: string;
  readonly code: string;
  readonly position?: unknown;
  readonly requestId: string;
}

function render(rejection: Rejection): { status: number; headers: object; envelope: Envelope } {
  const { status, headers, body } = renderRejection(rejection, 'id-1');
  expect(body.endsWith('}\n')).toBe(true);
  return { status, headers, envelope: JSON.parse(body) as Envelope };
}

const [TEAM_A] = [parseTenantId('team-a')].filter((it) => it !== undefined);
if (TEAM_A === undefined) throw new TypeError('team-a is a tenant');
const POSITION = { offset: 4, line: 1, column: 5 };

const MESSAGES: readonly (readonly [Rejection, number, string])[] = [
  [{ code: 'cluster_denied' }, 403, 'not allowed to read metrics of all namespaces'],
  [{ code: 'body_malformed' }, 400, 'the body must be one JSON value in UTF-8'],
  [{ code: 'silence_malformed', member: 'endsAt' }, 400, 'endsAt of the silence is missing or malformed'], // prettier-ignore
  [{ code: 'silence_matcher_refused', label: 'namespace' }, 400, 'a silence must match namespace once, by equality with a namespace of the request'], // prettier-ignore
  [{ code: 'silence_tenant_missing', label: 'namespace' }, 400, 'a silence for one of several namespaces must match namespace by equality'], // prettier-ignore
  [{ code: 'silence_denied', verb: 'update', tenant: TEAM_A }, 403, 'not allowed to update silences in namespace team-a'], // prettier-ignore
  [{ code: 'silence_unknown' }, 404, 'there is no such silence'],
  [{ code: 'page_unknown' }, 400, 'group_next_token names no group of rules'],
  [{ code: 'request_malformed', problem: 'host' }, 400, 'the request must have exactly one Host header'], // prettier-ignore
  [{ code: 'request_malformed', problem: 'http' }, 400, 'the request is not well-formed HTTP/1.1'],
  [{ code: 'request_malformed', problem: 'version' }, 400, 'the request must be HTTP/1.1'],
  [{ code: 'headers_too_large' }, 431, 'the request line and the headers are too long'],
  [{ code: 'request_timeout' }, 408, 'the request did not arrive in time'],
  [{ code: 'route_unknown' }, 404, 'there is no such endpoint'],
  [
    { code: 'method_not_allowed', allowed: ['GET', 'POST'] },
    405,
    'the endpoint takes GET and POST',
  ],
  [{ code: 'upgrade_refused' }, 400, 'protocol upgrades are not offered'],
  [{ code: 'expectation_refused' }, 417, 'the only expectation that is met is 100-continue'],
  [{ code: 'body_unexpected' }, 400, 'this request takes its parameters from the URL, not from a body'], // prettier-ignore
  [
    { code: 'body_type_unsupported' },
    415,
    'the body must be application/x-www-form-urlencoded, or application/json for a silence',
  ],
  [{ code: 'body_encoding_unsupported' }, 415, 'the body must not have a Content-Encoding'],
  [{ code: 'body_too_large', limitBytes: 65_536 }, 413, 'the body is longer than 65536 bytes'],
  [{ code: 'parameter_malformed', parameter: 'a' }, 400, 'parameter "a" has a bad escape, is not UTF-8, or holds a control character'], // prettier-ignore
  [{ code: 'parameter_missing', parameter: 'query' }, 400, 'parameter "query" is missing'],
  [{ code: 'parameter_repeated', parameter: 'time' }, 400, 'parameter "time" has more than one value'], // prettier-ignore
  [{ code: 'parameter_invalid', parameter: 'limit', expected: 'a whole number, 0 or more' }, 400, 'parameter "limit" must be a whole number, 0 or more'], // prettier-ignore
  [{ code: 'limit_parameters', limit: 1_000, value: 1_001 }, 422, 'the request has 1001 parameters, and at most 1000 are allowed'], // prettier-ignore
  [{ code: 'limit_tenants', limit: 200, value: 5_000 }, 422, 'the request names 5000 namespaces, and at most 200 are allowed'], // prettier-ignore
  [{ code: 'tenant_malformed', source: 'header' }, 400, 'the header names a namespace that is not an RFC 1123 label'], // prettier-ignore
  [{ code: 'tenant_sources_differ', sources: ['path', 'header'] }, 400, 'path and header name different namespaces'], // prettier-ignore
  [{ code: 'tenant_missing' }, 400, 'the request names no namespace: use /namespaces/<namespace>/api/v1/... or the parameter namespace'], // prettier-ignore
  [{ code: 'token_missing' }, 401, 'a bearer token is needed'],
  [{ code: 'token_malformed', problem: 'repeated_header' }, 401, 'there must be exactly one header with a token'], // prettier-ignore
  [{ code: 'token_malformed', problem: 'differing_headers' }, 401, 'two headers hold different tokens'], // prettier-ignore
  [{ code: 'token_malformed', problem: 'not_bearer' }, 401, 'the Authorization header must hold a bearer token'], // prettier-ignore
  [{ code: 'token_malformed', problem: 'too_long' }, 401, 'the token is longer than 8192 bytes'],
  [{ code: 'token_malformed', problem: 'not_visible_ascii' }, 401, 'the token holds something other than visible ASCII'], // prettier-ignore
  [{ code: 'token_rejected' }, 401, 'the token is not valid here'],
  [{ code: 'certificate_rejected', problem: 'unverified' }, 401, 'the client certificate is not one of this installation'], // prettier-ignore
  [{ code: 'certificate_rejected', problem: 'not_valid_now' }, 401, 'the client certificate is expired, or not valid yet'], // prettier-ignore
  [{ code: 'certificate_rejected', problem: 'not_for_clients' }, 401, 'the client certificate is not meant for client authentication'], // prettier-ignore
  [{ code: 'certificate_rejected', problem: 'unknown_proxy' }, 401, 'the client certificate is that of a front proxy that is not known here'], // prettier-ignore
  [{ code: 'certificate_rejected', problem: 'system_name' }, 401, 'the client certificate has a user or a group that begins with "system:"'], // prettier-ignore
  [{ code: 'certificate_rejected', problem: 'name_malformed' }, 401, 'the client certificate has no user and groups of printable names'], // prettier-ignore
  [{ code: 'credentials_several' }, 401, 'a request must bring a client certificate or a token, not both'], // prettier-ignore
  [{ code: 'delegation_malformed', problem: 'user_missing' }, 401, 'the front proxy names no user'],
  [{ code: 'delegation_malformed', problem: 'repeated_header' }, 401, 'the front proxy names more than one user'], // prettier-ignore
  [{ code: 'delegation_malformed', problem: 'too_many_groups' }, 401, 'the front proxy names more than 200 groups'], // prettier-ignore
  [{ code: 'delegation_malformed', problem: 'system_name' }, 401, 'the front proxy names a user or a group that begins with "system:"'], // prettier-ignore
  [{ code: 'delegation_malformed', problem: 'name_malformed' }, 401, 'the front proxy names no user and groups of printable names'], // prettier-ignore
  [{ code: 'actor_rejected' }, 401, 'the X-Grafana-Id header is not valid here'],
  [{ code: 'tenant_none_allowed' }, 403, 'there is no namespace whose metrics you may read'],
  [
    { code: 'tenant_denied', tenant: TEAM_A },
    403,
    'not allowed to read metrics in namespace team-a',
  ],
  [{ code: 'access_review_unavailable', retryAfterSeconds: 3 }, 503, 'whether this is allowed cannot be found out at the moment'], // prettier-ignore
  [{ code: 'query_malformed', position: POSITION, problem: 'query_empty' }, 400, 'line 1, column 5: the query is empty'], // prettier-ignore
  [{ code: 'query_unsupported', position: POSITION, reason: 'regex_too_large' }, 400, 'line 1, column 5: the regular expression is too large'], // prettier-ignore
  [{ code: 'limit_query_bytes', limit: 9, value: 10 }, 422, 'the query has 10 bytes, and at most 9 are allowed'], // prettier-ignore
  [{ code: 'limit_scoped_bytes', limit: 9, value: 10 }, 422, 'the query would have at least 10 bytes with the matchers of its scope, and at most 9 are allowed'], // prettier-ignore
  [{ code: 'limit_scoped_bytes', limit: 9, value: 10 }, 422, 'the query would have at least 10 bytes with the matchers of its scope, and at most 9 are allowed'], // prettier-ignore
  [{ code: 'limit_query_depth', position: POSITION, limit: 9, value: 10 }, 422, 'line 1, column 5: the query is nested more than 9 levels deep'], // prettier-ignore
  [{ code: 'limit_query_selectors', position: POSITION, limit: 9, value: 10 }, 422, 'line 1, column 5: the query has more than 9 selectors'], // prettier-ignore
  [{ code: 'limit_query_terms', position: POSITION, limit: 9, value: 10 }, 422, 'line 1, column 5: the query has more than 9 terms'], // prettier-ignore
  [{ code: 'tenant_matcher_conflict', position: POSITION, found: 'namespace="b"', required: 'namespace="a"' }, 400, 'line 1, column 5: the matcher namespace="b" asks for more than namespace="a" allows'], // prettier-ignore
  [{ code: 'limit_rate', sharer: 'user', limit: 5, retryAfterSeconds: 1 }, 429, 'the user sends more than 5 requests a second'], // prettier-ignore
  [{ code: 'limit_rate', sharer: 'tenant', limit: 5, retryAfterSeconds: 1 }, 429, 'the set of namespaces sends more than 5 requests a second'], // prettier-ignore
  [{ code: 'limit_concurrency', problem: 'queue_full', sharer: 'user', limit: 5, retryAfterSeconds: 2 }, 429, 'the user already has 5 queries waiting'], // prettier-ignore
  [{ code: 'limit_concurrency', problem: 'queue_full', sharer: 'tenant', limit: 5, retryAfterSeconds: 2 }, 429, 'the set of namespaces already has 5 queries waiting'], // prettier-ignore
  [{ code: 'limit_concurrency', problem: 'waited_too_long', limit: 100, retryAfterSeconds: 2 }, 429, 'the query waited 100 ms for its turn, behind others of the same user or namespaces'], // prettier-ignore
  [{ code: 'limit_connections', limit: 5, retryAfterSeconds: 1 }, 429, 'the user already has 5 connections, with a request under way on each'], // prettier-ignore
  [{ code: 'limit_range', limit: 60, value: 61.5 }, 422, 'the query spans 61.5 s, and at most 60 s are allowed'], // prettier-ignore
  [{ code: 'limit_points', limit: 60, value: 61 }, 422, 'the range holds 61 steps, and at most 60 are allowed; a coarser step has fewer'], // prettier-ignore
  [{ code: 'limit_lookback', limit: 60, value: 61 }, 422, 'the query looks back 61 s from where it is evaluated, and at most 60 s are allowed'], // prettier-ignore
  [{ code: 'limit_offset', limit: 60, value: NaN }, 422, 'an offset or @ moves the query by an unknown number of s, and at most 60 s are allowed'], // prettier-ignore
  [{ code: 'limit_subquery_points', limit: 60, value: 61 }, 422, 'a subquery asks for 61 points, and at most 60 are allowed; a coarser step has fewer'], // prettier-ignore
  [{ code: 'limit_response_bytes', limit: 60, value: 61 }, 422, 'the answer has 61 bytes, and at most 60 are allowed'], // prettier-ignore
  [{ code: 'query_refused_upstream', status: 422, errorType: 'execution', message: undefined }, 422, 'the query could not be executed'], // prettier-ignore
  [{ code: 'query_refused_upstream', status: 400, errorType: 'bad_data', message: 'from the engine' }, 400, 'from the engine'], // prettier-ignore
  [{ code: 'upstream_unavailable' }, 503, 'the metrics store does not answer at the moment'],
  [{ code: 'upstream_timeout', deadlineMs: 28_000 }, 504, 'the query took longer than 28000 ms'],
  [{ code: 'upstream_unexpected' }, 502, 'the metrics store gave an answer that is not understood'],
  [{ code: 'upstream_throttled', retryAfterSeconds: 1 }, 429, 'the metrics store asks for fewer requests'], // prettier-ignore
  [{ code: 'internal' }, 500, 'an internal error; the log has it under this request id'],
];

describe('renderRejection', () => {
  it.each(MESSAGES)('says %j', (rejection, status, message) => {
    const rendered = render(rejection);
    expect(rendered.status).toBe(status);
    expect(rendered.envelope).toMatchObject({
      status: 'error',
      error: message,
      code: rejection.code,
      requestId: 'id-1',
    });
  });

  it('says every code', () => {
    expect(new Set(MESSAGES.map(([rejection]) => rejection.code))).toEqual(
      new Set(Object.keys(ERROR_CODES)),
    );
  });

  it.each<[Rejection, object]>([
    [{ code: 'method_not_allowed', allowed: ['GET', 'POST'] }, { Allow: 'GET, POST' }],
    [{ code: 'token_missing' }, { 'WWW-Authenticate': 'Bearer' }],
    [{ code: 'token_rejected' }, { 'WWW-Authenticate': 'Bearer' }],
    [{ code: 'credentials_several' }, { 'WWW-Authenticate': 'Bearer' }],
    [{ code: 'certificate_rejected', problem: 'unverified' }, { 'WWW-Authenticate': 'Bearer', Connection: 'close' }], // prettier-ignore
    [{ code: 'token_malformed', problem: 'too_long' }, { 'WWW-Authenticate': 'Bearer' }],
    [{ code: 'access_review_unavailable', retryAfterSeconds: 3 }, { 'Retry-After': '3' }],
    [{ code: 'upstream_throttled', retryAfterSeconds: 1 }, { 'Retry-After': '1' }],
    [{ code: 'limit_rate', sharer: 'user', limit: 5, retryAfterSeconds: 1 }, { 'Retry-After': '1' }], // prettier-ignore
    [{ code: 'limit_concurrency', problem: 'waited_too_long', limit: 5, retryAfterSeconds: 2 }, { 'Retry-After': '2' }], // prettier-ignore
    [{ code: 'upstream_unavailable' }, { 'Retry-After': '1' }],
    [{ code: 'route_unknown' }, {}],
  ])('adds the headers of %j', (rejection, headers) => {
    expect(render(rejection).headers).toEqual(headers);
  });

  it('gives the place in the query', () => {
    const { envelope } = render({
      code: 'query_malformed',
      position: POSITION,
      problem: 'query_empty',
    });
    expect(envelope.position).toEqual(POSITION);
    expect(render({ code: 'token_missing' }).envelope).not.toHaveProperty('position');
  });

  it('keeps what a message quotes inside the JSON text', () => {
    const parameter = '"}\r\n\u2028<script>';
    const { body } = renderRejection({ code: 'parameter_missing', parameter }, 'id-1');
    expect(body.split('\n')).toHaveLength(2);
    expect((JSON.parse(body) as Envelope).error).toContain(parameter);
  });
});

describe('the error table', () => {
  const rows = Object.entries(ERROR_CODES);

  it.each(rows)('has a whole row for %s', (code, row) => {
    expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    expect(row.summary).toMatch(/^[A-Z].*\.$/);
    expect(row.remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('uses the error types of Prometheus, and two of its own', () => {
    const types = new Set(rows.map(([, row]) => row.errorType));
    expect([...types].toSorted()).toEqual([
      'bad_data',
      'execution',
      'forbidden',
      'internal',
      'not_found',
      'timeout',
      'unauthorized',
      'unavailable',
    ]);
  });

  it.each(rows.filter(([code]) => code.startsWith('limit_')))(
    'answers %s as a limit',
    (code, row) => {
      expect(row.status).toBe(/^limit_(?:rate|concurrency|connections)$/.test(code) ? 429 : 422);
    },
  );
});
