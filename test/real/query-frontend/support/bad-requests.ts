import { type Fields, get, post, type Question, withHeaders } from './question.ts';
import { AT, RANGE } from './tenant-series.ts';

/** A request that is refused for its form. */
export interface BadRequest {
  readonly what: string;
  readonly question: Question;
  readonly status: number;
  readonly code: string;
  /** Headers that the answer must have. */
  readonly headers?: Readonly<Record<string, string>>;
}

const OWN = '/namespaces/team-a';
const QUERY = `${OWN}/api/v1/query`;
const RANGE_QUERY = `${OWN}/api/v1/query_range`;
const SERIES = `${OWN}/api/v1/series`;
const UP = { query: 'up', ...AT };
const FORM = 'application/x-www-form-urlencoded';

/** Methods that an endpoint does not take. */
export const BAD_METHODS: readonly BadRequest[] = [
  ...['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'].map((method) => ({
    what: `${method} query`,
    question: { ...get(QUERY, UP), method },
    status: 405,
    code: 'method_not_allowed',
    headers: { allow: 'GET, POST' },
  })),
  {
    what: 'DELETE series, which deletes them in Prometheus 1',
    question: { ...get(SERIES, { 'match[]': 'up' }), method: 'DELETE' },
    status: 405,
    code: 'method_not_allowed',
    headers: { allow: 'GET, POST' },
  },
  {
    what: 'POST buildinfo',
    question: { method: 'POST', path: '/api/v1/status/buildinfo' },
    status: 405,
    code: 'method_not_allowed',
    headers: { allow: 'GET' },
  },
];

/** Paths that are not in the route table. */
export const UNKNOWN_ROUTES: readonly BadRequest[] = [
  '/',
  '/metrics',
  '/graph',
  '/federate',
  '/-/reload',
  '/-/quit',
  '/debug/pprof/heap',
  '/api/v1/admin/tsdb/delete_series',
  '/api/v1/read',
  '/api/v1/write',
  '/api/v1/targets',
  '/api/v1/status/config',
  '/api/v1/status/tsdb',
  '/api/v1/status/flags',
  '/api/v1/stores',
  '/api/v1/query/',
  '/api/v1//query',
  '//api/v1/query',
  '/api/v1/./query',
  '/api/v1/labels/../query',
  '/api/v1/%71uery',
  '/api/v1%2fquery',
  '/api/v1/query;a=b',
  '/API/v1/query',
  '/api/v1/label/shop/values/',
  '/api/v1/label/sh%6fp/values',
  '/api/v1/label/../values',
  '/api/v1/label/a%2f..%2fb/../values',
  '/api/v1/label//values',
].map((path) => ({
  what: path,
  question: get(OWN + path, UP),
  status: 404,
  code: 'route_unknown',
}));

/** Parameters that cannot be read, are missing, or were sent with several values. */
export const BAD_PARAMETERS: readonly BadRequest[] = (
  [
    ['no query', get(QUERY, AT), 'parameter_missing'],
    ['an empty query', get(QUERY, { query: '', ...AT }), 'parameter_missing'],
    ['no step', get(RANGE_QUERY, { query: 'up', start: '1', end: '2' }), 'parameter_missing'],
    ['two queries', get(QUERY, { query: ['up', 'shop_orders'] }), 'parameter_repeated'],
    ['the same query twice', get(QUERY, { query: ['up', 'up'] }), 'parameter_repeated'],
    ['queries in URL and body', post(`${QUERY}?query=up`, UP), 'parameter_repeated'],
    ['two times', get(QUERY, { query: 'up', time: ['1', '2'] }), 'parameter_repeated'],
    ['a time in words', get(QUERY, { query: 'up', time: 'yesterday' }), 'parameter_invalid'],
    ['a step of 0', get(RANGE_QUERY, { query: 'up', ...RANGE, step: '0' }), 'parameter_invalid'],
    ['a bad timeout', get(QUERY, { query: 'up', timeout: '-1s' }), 'parameter_invalid'],
    ['a bad limit', get(SERIES, { 'match[]': 'up', limit: 'all' }), 'parameter_invalid'],
    ['a bad switch', get(QUERY, { ...UP, partial_response: 'yes' }), 'parameter_invalid'],
    ['an escape of no digits', get(`${QUERY}?query=%zz`), 'parameter_malformed'],
    ['an escape that is cut off', get(`${QUERY}?query=up%2`), 'parameter_malformed'],
    ['bytes that are not UTF-8', get(`${QUERY}?query=up%ff`), 'parameter_malformed'],
    ['an overlong encoding', get(`${QUERY}?query=up%c0%af`), 'parameter_malformed'],
    ['a NUL', get(QUERY, { query: 'up\0' }), 'parameter_malformed'],
    ['a line break in a time', get(QUERY, { query: 'up', time: '1\r\n2' }), 'parameter_malformed'],
    ['an escape in a form body', form('query=%'), 'parameter_malformed'],
    ['an empty namespace', get('/api/v1/query', { ...UP, namespace: '' }), 'tenant_malformed'],
    ['a pattern', get('/api/v1/query', { ...UP, namespace: 'team-.*' }), 'tenant_malformed'],
    ['all namespaces', get('/namespaces/*/api/v1/query', UP), 'tenant_malformed'],
    ['an escaped namespace', get('/namespaces/team%2da/api/v1/query', UP), 'tenant_malformed'],
    ['a namespace in capitals', get('/namespaces/Team-A/api/v1/query', UP), 'tenant_malformed'],
    ['an empty list', get('/namespaces/team-a,/api/v1/query', UP), 'tenant_malformed'],
    ['sources that differ', get(QUERY, { ...UP, namespace: 'team-b' }), 'tenant_sources_differ'],
    [
      'a header that differs',
      withHeaders(get(QUERY, UP), { 'X-Scope-OrgID': 'team-b' }),
      'tenant_sources_differ',
    ],
  ] as const
).map(([what, question, code]) => ({ what, question, status: 400, code }));

/** Bodies that are too long, of another type, or where none belongs; and other framing. */
export const BAD_FRAMING: readonly BadRequest[] = [
  {
    what: 'a body over the limit',
    question: post(QUERY, { query: `up # ${'x'.repeat(65_536)}` }),
    status: 413,
    code: 'body_too_large',
  },
  {
    what: 'a query over the limit',
    question: post(QUERY, { query: `up # ${'x'.repeat(32_768)}` }),
    status: 422,
    code: 'limit_query_bytes',
  },
  {
    what: 'a URL over the limit',
    question: get(QUERY, { query: `up # ${'x'.repeat(16_384)}` }),
    status: 431,
    code: 'headers_too_large',
  },
  {
    what: 'too many namespaces',
    question: get('/api/v1/query', { ...UP, namespace: names(201) }),
    status: 422,
    code: 'limit_tenants',
  },
  {
    what: 'too many parameters',
    question: post(QUERY, { ...UP, x: Array.from({ length: 1_000 }, () => '') }),
    status: 422,
    code: 'limit_parameters',
  },
  ...[
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    `${FORM}, text/plain`,
  ].map((type) => ({
    what: `a body of type ${type}`,
    question: form('query=up', { 'Content-Type': type }),
    status: 415,
    code: 'body_type_unsupported',
  })),
  {
    what: 'a body of no type',
    question: { method: 'POST', path: QUERY, body: 'query=up' },
    status: 415,
    code: 'body_type_unsupported',
  },
  {
    what: 'a compressed body',
    question: form('query=up', { 'Content-Encoding': 'gzip' }),
    status: 415,
    code: 'body_encoding_unsupported',
  },
  {
    what: 'a body on GET',
    question: { ...form('query=up'), method: 'GET' },
    status: 400,
    code: 'body_unexpected',
  },
  {
    what: 'a body on a POST for label values',
    question: { ...form('match[]=up'), path: `${OWN}/api/v1/label/shop/values` },
    status: 400,
    code: 'body_unexpected',
  },
  {
    what: 'a protocol upgrade',
    question: withHeaders(get(QUERY, UP), { Connection: 'Upgrade', Upgrade: 'websocket' }),
    status: 400,
    code: 'upgrade_refused',
  },
  {
    what: 'HTTP/2 in clear text',
    question: withHeaders(get(QUERY, UP), { Connection: 'Upgrade', Upgrade: 'h2c' }),
    status: 400,
    code: 'upgrade_refused',
  },
  {
    what: 'another expectation',
    question: withHeaders(get(QUERY, UP), { Expect: '200-ok' }),
    status: 417,
    code: 'expectation_refused',
  },
];

function form(body: string, headers: Fields = {}): Question {
  return {
    method: 'POST',
    path: QUERY,
    headers: { 'Content-Type': FORM, ...headers },
    body,
  };
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `team-${index}`);
}
