import type { Attack } from '../attack.ts';
import { get, post, withHeaders } from '../../real/query-frontend/support/question.ts';
import {
  ASKED_DIRECTLY,
  ATTACKER,
  elsewhere,
  FORM,
  ORDERS,
  OWN,
  QUERY,
  row,
  test,
  valuesOf,
} from '../rows.ts';

const SENT = ['shop_orders{namespace="team-a"}'];
const ASK = get(QUERY, ORDERS);
const TOKEN = `Authorization: Bearer ${ATTACKER}`;
const RAW = 'http/raw-attacks.test.ts';

/** Attacks 25 to 35. */
export const HEADER_ATTACKS: readonly Attack[] = [
  row(
    25,
    'two tokens, the second unknown',
    '401 token_malformed',
    withHeaders(ASK, { Authorization: [`Bearer ${ATTACKER}`, 'Bearer x'] }),
    { unguarded: true },
  ),
  row(
    25,
    'two tokens, the first unknown',
    '401 token_malformed',
    withHeaders(ASK, { Authorization: ['Bearer x', `Bearer ${ATTACKER}`] }),
    { unguarded: true },
  ),
  row(
    25,
    'the same token twice',
    '401 token_malformed',
    withHeaders(ASK, { Authorization: [`Bearer ${ATTACKER}`, `Bearer ${ATTACKER}`] }),
    { unguarded: true },
  ),
  row(
    25,
    'two tokens in one header',
    '401 token_malformed',
    withHeaders(ASK, { Authorization: `Bearer ${ATTACKER}, Bearer x` }),
    { unguarded: true },
  ),

  row(
    26,
    'two Host headers',
    '400 request_malformed',
    bytes('Host: h', 'Host: other', TOKEN, 'Connection: close'),
  ),
  row(
    26,
    'two equal Host headers',
    '400 request_malformed',
    bytes('Host: h', 'Host: h', TOKEN, 'Connection: close'),
  ),
  row(26, 'no Host header', '400 request_malformed', bytes(TOKEN, 'Connection: close')),

  row(
    27,
    'headers by which proxies name a user, beside a token',
    '200',
    withHeaders(ASK, identityHeaders()),
    { sends: SENT, unguarded: true },
  ),
  row(
    27,
    'headers by which servers of metrics name a tenant',
    '200',
    withHeaders(ASK, tenantHeaders()),
    { sends: SENT, unguarded: true },
  ),
  row(
    27,
    'headers of dashboards',
    '200',
    withHeaders(ASK, {
      'X-Grafana-User': 'admin',
      'X-Grafana-Org-Id': '1',
      'X-Grafana-Id': 'x',
      'X-Id-Token': 'x',
      'X-Dashboard-Uid': 'x',
      'X-WEBAUTH-USER': 'admin',
      FromAlert: 'true',
    }),
    { sends: SENT, unguarded: true },
  ),
  row(
    27,
    'a foreign namespace in the tenant header alone',
    '403 tenant_denied',
    withHeaders(get('/api/v1/query', ORDERS), { 'X-Scope-OrgID': 'team-b' }),
    { unguarded: true },
  ),
  row(
    27,
    'a pattern in the tenant header',
    '400 tenant_malformed',
    withHeaders(get('/api/v1/query', ORDERS), { 'X-Scope-OrgID': '*' }),
    { unguarded: true },
  ),
  row(
    27,
    'a tenant header with underscores',
    '400 tenant_missing',
    withHeaders(get('/api/v1/query', ORDERS), { X_Scope_OrgID: 'team-a' }),
    { unguarded: true },
  ),

  row(
    28,
    'a Connection header that names the tenant header, which still counts',
    '400 tenant_sources_differ',
    withHeaders(ASK, { Connection: 'X-Scope-OrgID, close', 'X-Scope-OrgID': 'team-b' }),
    { unguarded: true },
  ),
  row(
    28,
    'a Connection header that names ours',
    '200',
    withHeaders(ASK, { Connection: 'Authorization, Host, Accept, traceparent, close' }),
    { sends: SENT, unguarded: true },
  ),

  ...(
    [
      ['two lengths', ['Host: h', TOKEN, 'Content-Length: 1', 'Content-Length: 2']],
      [
        'a length and chunks',
        ['Host: h', TOKEN, 'Content-Length: 4', 'Transfer-Encoding: chunked'],
      ],
      [
        'chunks and a length',
        ['Host: h', TOKEN, 'Transfer-Encoding: chunked', 'Content-Length: 4'],
      ],
      ['an unknown transfer coding', ['Host: h', TOKEN, 'Transfer-Encoding: xchunked']],
      [
        'a transfer coding behind another',
        ['Host: h', TOKEN, 'Transfer-Encoding: chunked, identity'],
      ],
      [
        'two transfer codings',
        ['Host: h', TOKEN, 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
      ],
      [
        'a transfer coding with a space before its colon',
        ['Host: h', TOKEN, 'Transfer-Encoding : chunked'],
      ],
      ['a folded transfer coding', ['Host: h', TOKEN, 'Transfer-Encoding:\r\n chunked']],
      ['a folded token', ['Host: h', 'Authorization: Bearer', ` ${ATTACKER}`]],
      ['a header without a name', ['Host: h', TOKEN, ': x']],
      ['a list of lengths', ['Host: h', TOKEN, 'Content-Length: 4, 4']],
      ['two equal lengths', ['Host: h', TOKEN, 'Content-Length: 4', 'Content-Length: 4']],
      ['a transfer coding with a sign', ['Host: h', TOKEN, 'Transfer-Encoding: -chunked']],
      ['a length with a sign', ['Host: h', TOKEN, 'Content-Length: -1']],
      ['a length in hexadecimal', ['Host: h', TOKEN, 'Content-Length: 0x10']],
      ['a vertical tab in a name', ['Host: h', TOKEN, 'X\v: x']],
    ] as const
  ).map(([what, lines]) => row(29, what, '400 request_malformed', bytes(...lines))),
  row(
    29,
    'line feeds alone',
    '400 request_malformed',
    `GET ${QUERY} HTTP/1.1\nHost: h\n${TOKEN}\n\n`,
  ),
  row(
    29,
    'a carriage return alone',
    '400 request_malformed',
    `GET ${QUERY} HTTP/1.1\r\nHost: h\rX: y\r\n${TOKEN}\r\n\r\n`,
  ),
  row(
    29,
    'HTTP/1.0',
    '400 request_malformed',
    `GET ${QUERY} HTTP/1.0\r\nHost: h\r\n${TOKEN}\r\n\r\n`,
  ),
  row(29, 'HTTP/0.9', '400 request_malformed', `GET ${QUERY}\r\n\r\n`),
  row(
    29,
    'a line feed alone behind one header',
    '400 request_malformed',
    `GET ${QUERY}?query=up HTTP/1.1\r\nHost: h\n${TOKEN}\r\n\r\n`,
  ),
  row(
    29,
    'bytes beyond ASCII in the query of a URL',
    '400 request_malformed',
    `GET ${QUERY}?query=up&x=\u00c3\u00a9 HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n\r\n`,
  ),
  row(
    29,
    'a tab in the query of a URL',
    '400 request_malformed',
    `GET ${QUERY}?query=up&x=\t HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n\r\n`,
  ),
  ...(
    [
      ['a line feed alone behind the length of a chunk', '8\nquery=up\r\n0\r\n\r\n'],
      ['the length of a chunk that no number holds', 'fffffffffffffffff8\r\nquery=up\r\n0\r\n\r\n'],
      ['a line feed in the extension of a chunk', '8;a="\n"\r\nquery=up\r\n0\r\n\r\n'],
      ['a chunk that is longer than it says', '4\r\nquery=up\r\n0\r\n\r\n'],
      ['a chunk of a negative length', '-8\r\nquery=up\r\n0\r\n\r\n'],
    ] as const
  ).map(([what, chunks]) => row(29, what, '400 request_malformed', chunked(chunks))),
  row(29, 'chunks as they should be', '200', chunked('3\r\nque\r\n5\r\nry=up\r\n0\r\n\r\n'), {
    sends: ['up{namespace="team-a"}'],
  }),
  row(
    29,
    'two blanks in the request line, which the parser of Node reads as one',
    '200',
    bytes('Host: h', TOKEN, 'Connection: close').replace('GET ', 'GET  '),
    { sends: ['up{namespace="team-a"}'] },
  ),
  elsewhere(
    29,
    'a request hidden in the body of another',
    'the connection ends behind the first answer',
    test(RAW, 'do not mix when an unread body follows an error'),
    test(RAW, 'do not mix when garbage follows one that is under way'),
  ),
  elsewhere(
    29,
    'any bytes of a request changed',
    'refused, or sent in its scope',
    test(
      'http/mutated-requests.test.ts',
      'is refused, or reaches the upstream in its scope, and is never a defect',
    ),
  ),

  elsewhere(
    30,
    'a token and a tenant in trailers',
    'they have no effect',
    test(RAW, 'in trailers have no effect'),
  ),
  elsewhere(
    30,
    'chunk extensions without end',
    '400 or 413, nothing is sent',
    test(RAW, 'as chunk extensions without end are refused'),
  ),

  row(
    31,
    'headers of 17 KiB',
    '431 headers_too_large',
    withHeaders(ASK, { X: 'x'.repeat(17_408) }),
    { unguarded: true },
  ),
  row(
    31,
    'a URL of 17 KiB',
    '431 headers_too_large',
    get(QUERY, { ...ORDERS, x: 'x'.repeat(17_408) }),
    { unguarded: true },
  ),
  row(
    31,
    'two thousand headers',
    '200',
    bytes('Host: h', TOKEN, ...Array.from({ length: 2_000 }, () => 'a:b'), 'Connection: close'),
    { sends: ['up{namespace="team-a"}'] },
  ),
  row(
    31,
    'a second token behind two thousand headers',
    '401 token_malformed',
    bytes(
      'Host: h',
      TOKEN,
      ...Array.from({ length: 2_000 }, () => 'a:b'),
      'Authorization: Bearer x',
      'Connection: close',
    ),
  ),

  row(
    32,
    'another expectation',
    '417 expectation_refused',
    withHeaders(ASK, { Expect: '200-ok' }),
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    32,
    'an expectation among others',
    '417 expectation_refused',
    withHeaders(post(QUERY, ORDERS), { Expect: '100-continue, x' }),
  ),
  elsewhere(
    32,
    'a body that is announced and not wanted',
    'refused before it is asked for',
    test(RAW, 'with a wrong %s are refused before their body is asked for'),
  ),

  row(
    33,
    'line breaks in the path prefix',
    '400 tenant_malformed',
    get('/namespaces/team-a%0d%0aSet-Cookie:%20x=y/api/v1/query', ORDERS),
    { unguarded: true },
  ),
  row(
    33,
    'line breaks in a namespace',
    '400 parameter_malformed',
    get('/api/v1/query', { ...ORDERS, namespace: 'x\r\nSet-Cookie: x=y' }),
    { unguarded: true },
  ),
  row(
    33,
    'a page in a query that is refused',
    '400 query_malformed',
    get(QUERY, { query: '<script>alert(1)</script>' }),
  ),
  row(
    33,
    'a page in the name of a parameter',
    '400 parameter_malformed',
    get(`${QUERY}?<script>=%zz`),
  ),
  row(
    33,
    'quotes in a parameter that is refused',
    '400 parameter_invalid',
    get(QUERY, { query: 'up', time: '","status":"success' }),
  ),

  row(
    34,
    'a foreign Host, which stands in no answer',
    '200',
    withHeaders(ASK, { Host: 'evil.example' }),
    { sends: SENT },
  ),
  row(
    34,
    'a foreign Host on a path with a slash too many',
    '404 route_unknown',
    withHeaders(get(`${QUERY}/`), { Host: 'evil.example' }),
  ),
  row(
    34,
    'a foreign host in headers of proxies',
    '404 route_unknown',
    withHeaders(get(OWN), {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'gopher',
      Forwarded: 'host=evil.example',
    }),
  ),

  row(35, 'a range of bytes', '200', withHeaders(ASK, { Range: 'bytes=0-1', 'If-Range': 'x' }), {
    sends: SENT,
    unguarded: true,
  }),
  row(
    35,
    'conditions',
    '200',
    withHeaders(ASK, {
      'If-None-Match': '*',
      'If-Modified-Since': 'Sat, 01 Jan 2050 00:00:00 GMT',
      'If-Match': 'x',
    }),
    { sends: SENT, unguarded: true },
  ),
  row(
    35,
    'a wish for a cached answer',
    '200',
    withHeaders(ASK, { 'Cache-Control': 'only-if-cached, max-stale', Pragma: 'cache' }),
    { sends: SENT, unguarded: true },
  ),
  row(
    35,
    'the look of a file that caches keep',
    '404 route_unknown',
    get(`${valuesOf('shop')}/x.css`),
  ),
  elsewhere(
    35,
    'a cache between frontend and caller',
    'every answer says no-store and varies by Authorization',
    test('http/upstream-answers.test.ts', 'passes with headers of ours only'),
    test('attack/attacks.test.ts', 'are answered as the table says'),
  ),
];

function chunked(chunks: string): string {
  const head = [
    'Host: h',
    TOKEN,
    `Content-Type: ${FORM}`,
    'Transfer-Encoding: chunked',
    'Connection: close',
  ];
  return `POST ${QUERY} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${chunks}`;
}

function bytes(...lines: readonly string[]): string {
  return `GET ${QUERY}?query=up HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}

function identityHeaders(): Readonly<Record<string, string>> {
  return {
    'X-Remote-User': 'admin',
    X_Remote_User: 'admin',
    'X-Remote-Group': 'system:masters',
    'X-Remote-Extra-Scopes': 'all',
    'X-Forwarded-User': 'admin',
    'X-Forwarded-Groups': 'system:masters',
    'X-Forwarded-For': '127.0.0.1',
    'X-Auth-Request-User': 'admin',
    'Impersonate-User': 'admin',
    'Impersonate-Group': 'system:masters',
    'Impersonate-Uid': '0',
    'Proxy-Authorization': 'Bearer x',
    Cookie: 'token=x; namespace=team-b',
    'X-Original-URL': '/namespaces/team-b/api/v1/query',
    'X-Rewrite-URL': '/namespaces/team-b/api/v1/query',
  };
}

function tenantHeaders(): Readonly<Record<string, string>> {
  return {
    'THANOS-TENANT': 'team-b',
    'Thanos-Tenant-Certificate': 'team-b',
    'X-Prom-Label-Policy': 'namespace:team-b',
    'X-Tenant': 'team-b',
    'X-Namespace': 'team-b',
    AccountID: '0',
    ProjectID: '0',
    X_Scope_OrgID: 'team-b',
    Namespace: 'team-b',
  };
}
