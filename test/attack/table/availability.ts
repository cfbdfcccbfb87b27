import type { Attack } from '../attack.ts';
import { get, withHeaders } from '../../real/query-frontend/support/question.ts';
import { elsewhere, ORDERS, QUERY, row, test } from '../rows.ts';

const ASK = get(QUERY, ORDERS);
const RAW = 'http/raw-attacks.test.ts';
const LIFE = 'http/connection-life.test.ts';
const LINGER = 'http/linger.test.ts';
const CALLERS = 'http/caller-connections.test.ts';
const ANSWERS = 'http/upstream-answers.test.ts';

/** Attacks 74 to 87. */
export const AVAILABILITY_ATTACKS: readonly Attack[] = [
  elsewhere(
    74,
    'headers that come slowly, or not at all',
    '408 request_timeout, and the end of the connection',
    test(RAW, 'that does not finish its headers is answered 408 and cut off'),
    test(RAW, 'that drips its headers is cut off all the same'),
    test(RAW, 'that sends nothing at all is cut off'),
  ),
  elsewhere(
    74,
    'a body that comes slowly',
    '408 request_timeout',
    test(RAW, 'that does not finish its body is answered 408 and cut off'),
    test(RAW, 'that drips its body is cut off all the same'),
  ),
  elsewhere(
    74,
    'a body that is refused and never ends',
    'its answer at once, and the end of the connection within a bound',
    test(LINGER, '%s is cut off', 'with a token', 'without one'),
    test(LINGER, 'byte by byte is cut off'),
    test(LINGER, 'and then falls silent is cut off'),
  ),
  elsewhere(
    74,
    'an answer that is read slowly',
    'cut off at the deadline, at the pace of the reader until then',
    test(LIFE, 'cuts off a client that reads too slowly'),
  ),
  elsewhere(
    74,
    'a handshake that is never finished',
    'the connection ends',
    test('http/tls.test.ts', 'cuts off who does not finish the handshake'),
  ),

  elsewhere(
    75,
    'connections that are kept without use',
    'they end, and hold no place',
    test(RAW, 'end when the connection is idle'),
    test(RAW, 'that keeps its half of the connection open after an error holds no place'),
  ),
  elsewhere(
    75,
    'very many connections of one user',
    '429 limit_connections while all of theirs are busy; idle ones give way',
    test(CALLERS, 'keeps no more than theirs, and everybody else finds a place'),
    test(CALLERS, 'is answered 429, and the connection closed, while all of theirs are busy'),
  ),
  elsewhere(
    75,
    'many requests down one connection at once',
    'answered in order, cut off beyond a bound',
    test(RAW, 'are answered in order when they are pipelined'),
    test(RAW, 'are cut off when more are pipelined than any client does'),
  ),
  elsewhere(
    75,
    'one tenant or user with very many queries',
    'turns are fair, rates have limits',
    test(
      'http/fairness.test.ts',
      'delays another by a round for each of its queries, not by its own backlog',
    ),
    test('http/fairness.test.ts', 'gains nothing by combining namespaces'),
    test(
      'limits/fair-queue.test.ts',
      'serves a quiet tenant within one round, whatever a flood does',
    ),
    test(
      'limits/rate-limiter.test.ts',
      'never takes more than its rate and one second of it, whatever the pattern',
    ),
  ),

  elsewhere(
    76,
    'clients that leave by the hundred',
    'nothing stays open upstream',
    test(LIFE, 'in a storm leaves no request upstream open'),
    test(LIFE, 'in the middle of an answer ends the request upstream'),
    test(LIFE, 'while its rights are reviewed is not asked for upstream'),
  ),

  elsewhere(
    77,
    'a compressed answer that grows without end',
    '502 upstream_unexpected; nothing is ever unpacked',
    test(ANSWERS, 'that is %s is told by a code', 'a compressed body'),
    test(ANSWERS, 'by %s gets no answer through', 'a compressed transfer coding'),
  ),
  elsewhere(
    78,
    'an answer of gigabytes',
    'streamed; what must be held has a cap',
    test('http/scrub-notices.test.ts', 'breaks off when the notices are longer than the cap'),
    test(
      'http/scrub-notices.test.ts',
      'holds many small pieces without copying them over and over',
    ),
    test('answers/read-json.test.ts', 'reads a text longer than a slice, up to a bound'),
    test('answers/read-json.test.ts', 'refuses what is nested too deep, in a slice and above it'),
  ),

  elsewhere(
    79,
    'names of users, namespaces and paths that become metrics',
    'labels of metrics come from closed sets',
    test('http/operations-listener.test.ts', 'gives the metrics, their labels from closed sets'),
  ),

  row(
    80,
    'line breaks and colours in the headers that logs like',
    '200',
    withHeaders(ASK, {
      'X-Dashboard-Uid': '\u001b[31m{"level":"error"}'.replace('\u001b', '%1b'),
      'User-Agent': '","decision":"forged',
    }),
    { sends: ['shop_orders{namespace="team-a"}'] },
  ),
  row(
    80,
    'a forged line of the log in a query',
    '400 query_malformed',
    get(QUERY, { query: '"}\n{"level":"info","event":"decision"' }),
  ),
  elsewhere(
    80,
    'names with line breaks, and very long ones',
    'lines are JSON, names are cut short',
    test('http/audit-trail.test.ts', 'writes who asked for what in one line'),
    test('http/audit-trail.test.ts', 'cuts long names short'),
    test('attack/attacks.test.ts', 'leave one line each in the log, and no token'),
  ),

  ...[
    '/metrics',
    '/debug/pprof/',
    '/-/healthy',
    '/-/ready',
    '/healthz',
    '/status',
    '/favicon.ico',
    '/.well-known/openid-configuration',
  ].map((path) =>
    row(81, `the path ${path} where tenants connect`, '404 route_unknown', get(path)),
  ),
  elsewhere(
    81,
    'queries where operators connect',
    '404',
    test('http/operations-listener.test.ts', 'answers %s %s with %d'),
  ),

  elsewhere(
    82,
    'an upstream that redirects',
    '502 upstream_unexpected; no redirect is followed',
    test(ANSWERS, 'that is %s is told by a code', 'a redirect', 'a permanent redirect'),
    test('adapters/upstream/http-upstream.test.ts', 'follows no redirect'),
    test('adapters/kubernetes/api-client.test.ts', 'follows no redirect'),
  ),
  elsewhere(
    82,
    'a configured URL with credentials, a query or another scheme',
    'the configuration is refused',
    test('config/document.test.ts', 'refuses %j', 'http://a:b@h', 'ftp://h', 'http://h?x=1'),
  ),
  row(
    83,
    'a Host that names another upstream',
    '200',
    withHeaders(ASK, { Host: '169.254.169.254' }),
    { sends: ['shop_orders{namespace="team-a"}'] },
  ),
  elsewhere(
    83,
    'a Host that is kept with a connection upstream',
    'the upstream sees the host of its own URL',
    test('http/listener.test.ts', 'has none of the headers of the client'),
    test(
      'adapters/upstream/http-upstream.test.ts',
      'keeps its connection, and no more of them than it may',
    ),
  ),
  elsewhere(
    84,
    'headers of the upstream for the caller: cookies, other origins, other framing',
    'headers are ours',
    test(ANSWERS, 'passes with headers of ours only'),
    test(ANSWERS, 'by a second answer behind the first mixes nothing'),
    test(
      ANSWERS,
      'by %s gets no answer through',
      'two lengths',
      'an answer without a length',
      'an upgrade',
    ),
  ),

  row(
    85,
    'a question of a browser before a request from another origin',
    '405 method_not_allowed',
    withHeaders(
      { ...ASK, method: 'OPTIONS' },
      {
        Origin: 'https://evil.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
        'Access-Control-Request-Private-Network': 'true',
      },
    ),
  ),
  row(
    85,
    'a request from another origin, without a token',
    '401 token_missing',
    withHeaders(ASK, { Authorization: [], Origin: 'https://evil.example', Cookie: 'session=x' }),
    { unguarded: true },
  ),
  row(85, 'a form that a page sends, without a token', '401 token_missing', {
    method: 'POST',
    path: QUERY,
    headers: {
      Authorization: [],
      Origin: 'null',
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: 'query=shop_orders',
  }),
  row(
    85,
    'a request from another origin, with a token',
    '200',
    withHeaders(ASK, { Origin: 'https://evil.example' }),
    { sends: ['shop_orders{namespace="team-a"}'], unguarded: true },
  ),

  elsewhere(
    86,
    'an equal query of another tenant at the same time',
    'shared within one set of namespaces alone',
    test('http/coalescing.test.ts', 'never reach whom they are not for'),
    test('http/coalesce.test.ts', 'asks anew for what differs in path, form or namespaces'),
    test(
      'http/coalesce.test.ts',
      'is never the same for different sets of namespaces, whatever the callers wrote',
    ),
    test('real/query-frontend/access.test.ts', 'keeps answers apart when both tenants ask at once'),
  ),
  elsewhere(
    87,
    'files that change while they are read',
    'what was good stays until something good comes',
    test(
      'adapters/files/reread-file.test.ts',
      'keeps what it has while the file is %s',
      'gone',
      'empty',
    ),
    test('http/tls.test.ts', 'keeps its certificate while the files do not fit together'),
  ),
  elsewhere(
    87,
    'a configuration that changes while requests run',
    'requests end with what they began with; a bad one changes nothing',
    test('http/current-parts.test.ts', 'ends work with the parts that it began with'),
    test('roles/follow-config.test.ts', 'says once what is wrong, and keeps what works'),
    test('roles/follow-config.test.ts', 'takes a change over once'),
  ),
];
