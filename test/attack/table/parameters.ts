import type { Attack } from '../attack.ts';
import {
  formOf,
  get,
  post,
  type Question,
  withHeaders,
} from '../../real/query-frontend/support/question.ts';
import { AT } from '../../real/query-frontend/support/tenant-series.ts';
import {
  ASKED_DIRECTLY,
  ATTACKER,
  elsewhere,
  FORM,
  LABELS,
  ORDERS,
  OWN,
  QUERY,
  RANGE_QUERY,
  row,
  SERIES,
  test,
  valuesOf,
} from '../rows.ts';

const PLAIN = '/api/v1/query';
const SENT = ['shop_orders{namespace="team-a"}'];
const FOREIGN = '{namespace="team-b"}';

/** Attacks 1 to 15. */
export const PARAMETER_ATTACKS: readonly Attack[] = [
  row(
    1,
    'a foreign namespace in the form, an own one in the URL',
    '403 tenant_denied',
    post(`${PLAIN}?namespace=team-a`, { ...ORDERS, namespace: 'team-b' }),
    { unguarded: true },
  ),
  row(
    1,
    'an own namespace in the form, a foreign one in the URL',
    '403 tenant_denied',
    post(`${PLAIN}?namespace=team-b`, { ...ORDERS, namespace: 'team-a' }),
    { unguarded: true },
  ),
  row(
    1,
    'two own namespaces, one in the URL and one in the form',
    '200',
    post(`${PLAIN}?namespace=team-a`, { ...ORDERS, namespace: 'team-c' }),
    {
      scope: ['team-a', 'team-c'],
      sends: ['shop_orders{namespace=~"team-a|team-c"}'],
      unguarded: true,
    },
  ),
  row(
    1,
    'a foreign namespace in the form, an own one in the path',
    '400 tenant_sources_differ',
    post(QUERY, { ...ORDERS, namespace: 'team-b' }),
    { unguarded: true },
  ),
  row(
    1,
    'a foreign namespace in the header, an own one in the URL',
    '400 tenant_sources_differ',
    withHeaders(get(PLAIN, { ...ORDERS, namespace: 'team-a' }), { 'X-Scope-OrgID': 'team-b' }),
    { unguarded: true },
  ),

  row(
    2,
    'two namespaces in the URL, the second foreign',
    '403 tenant_denied',
    get(PLAIN, { namespace: ['team-a', 'team-b'], ...ORDERS }),
    { unguarded: true },
  ),
  row(
    2,
    'two namespaces in the URL, the first foreign',
    '403 tenant_denied',
    get(PLAIN, { namespace: ['team-b', 'team-a'], ...ORDERS }),
    { unguarded: true },
  ),
  row(
    2,
    'two namespaces in the path, the second foreign',
    '403 tenant_denied',
    get('/namespaces/team-a,team-b/api/v1/query', ORDERS),
    { unguarded: true },
  ),
  row(
    2,
    'two namespaces in the header, the second foreign',
    '403 tenant_denied',
    withHeaders(get(PLAIN, ORDERS), { 'X-Scope-OrgID': 'team-a|team-b' }),
    { unguarded: true },
  ),
  row(
    2,
    'a tenant header twice, the second foreign',
    '403 tenant_denied',
    withHeaders(get(PLAIN, ORDERS), { 'X-Scope-OrgID': ['team-a', 'team-b'] }),
    { unguarded: true },
  ),
  row(
    2,
    'an own namespace many times',
    '200',
    get(PLAIN, { namespace: Array.from({ length: 50 }, () => 'team-a'), ...ORDERS }),
    { sends: SENT, unguarded: true },
  ),

  ...[
    'namespace[]',
    'Namespace',
    'NAMESPACE',
    'namespace ',
    ' namespace',
    'namespace.x',
    'namespaces',
    'tenant',
    'X-Scope-OrgID',
  ].map((name) =>
    row(
      3,
      `a foreign namespace in a parameter called ${JSON.stringify(name)}`,
      '200',
      get(QUERY, { ...ORDERS, [name]: 'team-b' }),
      { sends: SENT, unguarded: true },
    ),
  ),
  row(
    3,
    'a namespace in a parameter with a bracket, and nowhere else',
    '400 tenant_missing',
    get(PLAIN, { ...ORDERS, 'namespace[]': 'team-a' }),
    { unguarded: true },
  ),
  row(
    3,
    'a name of a parameter with NUL',
    '400 parameter_malformed',
    get(`${QUERY}?namespace%00=team-b`, ORDERS),
    { unguarded: true },
  ),
  row(
    3,
    'an escaped name of a parameter, which is the same name',
    '403 tenant_denied',
    get(`${PLAIN}?n%61mesp%61ce=team-b&namespace=team-a`, ORDERS),
    { unguarded: true },
  ),

  row(
    4,
    'a foreign namespace behind a semicolon',
    '200',
    get(`${QUERY}?x=1;namespace=team-b`, ORDERS),
    { sends: SENT, unguarded: true },
  ),
  row(
    4,
    'two namespaces with a semicolon between them',
    '400 tenant_malformed',
    get(`${PLAIN}?namespace=team-a;namespace=team-b`, ORDERS),
    { unguarded: true },
  ),
  row(
    4,
    'a second query behind a semicolon',
    '400 query_malformed',
    get(`${QUERY}?query=up;query=shop_orders`, AT),
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    4,
    'a second selector behind a semicolon',
    '400 query_malformed',
    get(`${SERIES}?match[]=up;match[]=shop_orders`),
    { unguarded: get('/api/v1/series', { 'match[]': 'shop_orders' }) },
  ),

  row(5, 'an escape of no digits', '400 parameter_malformed', get(`${QUERY}?x=%zz`, ORDERS), {
    unguarded: ASKED_DIRECTLY,
  }),
  row(
    5,
    'an escape of one digit at the end',
    '400 parameter_malformed',
    get(`${QUERY}?${formOf(ORDERS)}&x=%2`),
    { unguarded: ASKED_DIRECTLY },
  ),
  row(5, 'a bad escape in a name', '400 parameter_malformed', get(`${QUERY}?%g1=x`, ORDERS), {
    unguarded: ASKED_DIRECTLY,
  }),
  row(
    5,
    'a bad escape in the form',
    '400 parameter_malformed',
    formPost(`${formOf(ORDERS)}&namespace=%`),
    { unguarded: ASKED_DIRECTLY },
  ),

  row(
    6,
    'a byte that no UTF-8 text has',
    '400 parameter_malformed',
    get(`${QUERY}?x=%ff`, ORDERS),
    { unguarded: true },
  ),
  row(
    6,
    'an overlong encoding',
    '400 parameter_malformed',
    get(`${QUERY}?namespace=team%c0%ada`, ORDERS),
    { unguarded: true },
  ),
  row(
    6,
    'half of a surrogate pair',
    '400 parameter_malformed',
    get(`${QUERY}?x=%ed%a0%80`, ORDERS),
    { unguarded: true },
  ),
  row(
    6,
    'a cut-off character in a query',
    '400 parameter_malformed',
    get(`${QUERY}?query=shop_orders%c3`, AT),
  ),
  row(
    6,
    'bytes that are not UTF-8 in the form',
    '400 parameter_malformed',
    formPost(`${formOf(ORDERS)}&x=%ff`),
    { unguarded: ASKED_DIRECTLY },
  ),

  row(
    7,
    'NUL in a query',
    '400 parameter_malformed',
    get(QUERY, { query: 'shop_orders\0', ...AT }),
  ),
  row(
    7,
    'NUL in a selector',
    '400 parameter_malformed',
    get(SERIES, { 'match[]': 'shop_orders\0' }),
  ),
  row(
    7,
    'a line break in a time',
    '400 parameter_malformed',
    get(QUERY, { query: 'shop_orders', time: '1\r\nX-Scope-OrgID: team-b' }),
  ),
  row(
    7,
    'a line feed in a namespace',
    '400 parameter_malformed',
    get(PLAIN, { ...ORDERS, namespace: 'team-a\n' }),
    { unguarded: true },
  ),
  row(
    7,
    'a carriage return in a name',
    '400 parameter_malformed',
    get(QUERY, { ...ORDERS, 'name\rspace': 'team-b' }),
    { unguarded: true },
  ),
  row(
    7,
    'line breaks in a query, as editors write them, which do not travel on',
    '200',
    get(QUERY, { query: 'shop_orders #\r\n or\n shop_orders', ...AT }),
    {
      sends: ['shop_orders{namespace="team-a"} or shop_orders{namespace="team-a"}'],
      unguarded: true,
    },
  ),

  row(
    8,
    'a query in the URL and another in the form',
    '400 parameter_repeated',
    post(`${QUERY}?query=up`, ORDERS),
    { unguarded: true },
  ),
  row(
    8,
    'the same query in the URL and in the form',
    '400 parameter_repeated',
    post(`${QUERY}?query=shop_orders`, ORDERS),
    { unguarded: true },
  ),
  row(
    8,
    'two queries in the URL',
    '400 parameter_repeated',
    get(QUERY, { query: ['shop_orders', 'up'], ...AT }),
    { unguarded: true },
  ),
  row(
    8,
    'an empty query before another',
    '400 parameter_repeated',
    get(QUERY, { query: ['', 'shop_orders'], ...AT }),
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    8,
    'times that differ between URL and form',
    '400 parameter_repeated',
    post(`${QUERY}?time=1`, ORDERS),
    { unguarded: true },
  ),

  row(
    9,
    'selectors in the URL and in the form of a POST for series',
    '200',
    post(`${SERIES}?match[]=shop_orders`, { 'match[]': [FOREIGN, '{namespace=~".+"}'] }),
    {
      sends: [
        'shop_orders{namespace="team-a"}',
        '{namespace="team-b",namespace="team-a"}',
        '{namespace=~".+",namespace="team-a"}',
      ],
      unguarded: true,
    },
  ),
  row(
    9,
    'selectors in the URL and in the form of a POST for labels',
    '200',
    post(`${LABELS}?match[]=shop_orders`, { 'match[]': 'kingfisher_only' }),
    {
      sends: ['shop_orders{namespace="team-a"}', 'kingfisher_only{namespace="team-a"}'],
      unguarded: true,
    },
  ),
  row(
    9,
    'a selector in the URL of a POST for label values',
    '200',
    { method: 'POST', path: `${valuesOf('shop')}?match[]=shop_orders` },
    { sends: SENT, unguarded: get('/api/v1/label/shop/values', { 'match[]': 'shop_orders' }) },
  ),
  row(
    9,
    'a query beside the selectors',
    '200',
    get(SERIES, { 'match[]': 'shop_orders', query: FOREIGN }),
    { sends: SENT, unguarded: true },
  ),
  row(9, 'selectors beside a query', '200', get(QUERY, { ...ORDERS, 'match[]': FOREIGN }), {
    sends: SENT,
    unguarded: true,
  }),

  row(10, 'no query', '400 parameter_missing', get(QUERY, AT)),
  row(10, 'an empty query', '400 parameter_missing', get(QUERY, { query: '', ...AT })),
  row(10, 'a query of blanks', '400 query_malformed', get(QUERY, { query: ' \t', ...AT })),
  row(10, 'a query of braces', '400 query_malformed', get(QUERY, { query: '{}', ...AT })),
  row(10, 'an empty selector', '400 query_malformed', get(SERIES, { 'match[]': '' }), {
    unguarded: get('/api/v1/series', { 'match[]': '{job="shop"}' }),
  }),
  row(10, 'no selector for series', '200', get(SERIES), {
    sends: ['{namespace="team-a"}'],
    unguarded: get('/api/v1/series', { 'match[]': '{job="shop"}' }),
  }),
  row(10, 'no selector for labels', '200', get(LABELS), {
    sends: ['{namespace="team-a"}'],
    unguarded: true,
  }),
  row(10, 'no selector for label values', '200', get(valuesOf('shop')), {
    sends: ['{namespace="team-a"}'],
    unguarded: true,
  }),

  row(
    11,
    'a form as body of a GET',
    '400 body_unexpected',
    {
      ...formPost(formOf({ query: 'shop_orders' })),
      method: 'GET',
      path: `${QUERY}?${formOf({ query: 'up', ...AT })}`,
    },
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    11,
    'a multipart body of a GET',
    '400 body_unexpected',
    withBody(
      get(valuesOf('shop'), { 'match[]': '{namespace="team-a"}' }),
      'multipart/form-data; boundary=edge',
      multipart('match[]', FOREIGN),
    ),
    { unguarded: true, unguardedOn: ['prometheus'] },
  ),
  row(
    11,
    'a JSON body of a GET',
    '400 body_unexpected',
    withBody(get(QUERY, ORDERS), 'application/json', '{}'),
    { unguarded: true },
  ),
  row(
    11,
    'a body on a POST for label values',
    '400 body_unexpected',
    { ...formPost(formOf({ 'match[]': 'shop_orders' })), path: valuesOf('shop') },
    { unguarded: get('/api/v1/label/shop/values') },
  ),
  row(
    11,
    'a body of a GET for buildinfo',
    '400 body_unexpected',
    withBody(get('/api/v1/status/buildinfo'), FORM, 'namespace=team-b'),
  ),
  row(
    11,
    'an empty body in chunks of a GET',
    '400 body_unexpected',
    `GET ${QUERY}?query=up HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${ATTACKER}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
  ),
  elsewhere(
    11,
    'a chunked body of a GET',
    '400 body_unexpected',
    test('http/admit.test.ts', 'refuses %s', 'a chunked body on GET'),
  ),

  ...[
    'text/plain',
    'application/json',
    'multipart/form-data; boundary=edge',
    `${FORM}; charset=utf-16`,
    `${FORM}; charset=utf-7`,
    `${FORM}, text/plain`,
    'application/x-www-form-urlencodedx',
    '*/*',
    '',
  ].map((type) =>
    row(
      12,
      `a body of the type ${JSON.stringify(type)}`,
      '415 body_type_unsupported',
      withBody({ method: 'POST', path: QUERY }, type, formOf(ORDERS)),
      { unguarded: ASKED_DIRECTLY },
    ),
  ),
  row(
    12,
    'a body without a type',
    '415 body_type_unsupported',
    { method: 'POST', path: QUERY, body: formOf(ORDERS) },
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    12,
    'two types, the first that of a form',
    '415 body_type_unsupported',
    {
      method: 'POST',
      path: QUERY,
      headers: { 'Content-Type': [FORM, 'text/plain'] },
      body: formOf(ORDERS),
    },
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    12,
    'a form that names its own character set',
    '200',
    withBody({ method: 'POST', path: QUERY }, `${FORM}; charset=utf-8`, formOf(ORDERS)),
    { sends: SENT, unguarded: true },
  ),

  ...['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip'].map((encoding) =>
    row(
      13,
      `a form with the encoding ${encoding}`,
      '415 body_encoding_unsupported',
      withHeaders(post(QUERY, ORDERS), { 'Content-Encoding': encoding }),
      { unguarded: ASKED_DIRECTLY },
    ),
  ),

  row(
    14,
    'a body over the limit',
    '413 body_too_large',
    post(QUERY, { ...ORDERS, x: 'x'.repeat(70_000) }),
    { unguarded: true },
  ),
  row(
    14,
    'one parameter over its limit',
    '422 limit_query_bytes',
    post(QUERY, { query: `shop_orders # ${'x'.repeat(33_000)}`, ...AT }),
    { unguarded: true },
  ),
  row(
    14,
    'a thousand and one parameters',
    '422 limit_parameters',
    formPost(`${formOf(ORDERS)}${'&x'.repeat(1_001)}`),
    { unguarded: true },
  ),
  row(
    14,
    'a hundred thousand parameters',
    '413 body_too_large',
    formPost(`${formOf(ORDERS)}${'&x'.repeat(100_000)}`),
    { unguarded: ASKED_DIRECTLY },
  ),
  elsewhere(
    14,
    'megabytes, in one piece and in chunks',
    '413 body_too_large, and no more is read',
    test('http/raw-attacks.test.ts', 'tell a client that sends megabytes that they are too many'),
    test(
      'http/raw-attacks.test.ts',
      'tell a client whose chunks are megabytes that they are too many',
    ),
  ),

  ...[
    '__proto__',
    '__proto__[namespace]',
    'constructor',
    'constructor.prototype',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
  ].map((name) =>
    row(
      15,
      `a parameter called ${name}`,
      '200',
      post(`${RANGE_QUERY}?${name}=team-b`, {
        query: 'shop_orders',
        start: '1599999940',
        end: '1600000000',
        step: '15',
        [name]: 'team-b',
      }),
      { sends: SENT, unguarded: true },
    ),
  ),
  row(15, 'a label called __proto__', '200', get(valuesOf('__proto__')), {
    sends: ['{namespace="team-a"}'],
  }),
  row(
    15,
    'a token called __proto__',
    '401 token_rejected',
    withHeaders(get(QUERY, ORDERS), { Authorization: 'Bearer __proto__' }),
    { unguarded: true },
  ),
  row(
    15,
    'a namespace called constructor',
    '403 tenant_denied',
    get(`${OWN.replace('team-a', 'constructor')}/api/v1/query`, ORDERS),
    { unguarded: true },
  ),
];

function formPost(body: string): Question {
  return { method: 'POST', path: QUERY, headers: { 'Content-Type': FORM }, body };
}

function withBody(question: Question, type: string, body: string): Question {
  return { ...withHeaders(question, { 'Content-Type': type }), body };
}

function multipart(name: string, value: string): string {
  return `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--edge--\r\n`;
}
