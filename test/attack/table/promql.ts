import type { Attack } from '../attack.ts';
import { type Fields, get, post } from '../../real/query-frontend/support/question.ts';
import { AT, RANGE } from '../../real/query-frontend/support/tenant-series.ts';
import {
  ASKED_DIRECTLY,
  elsewhere,
  LABELS,
  ORDERS,
  OWN,
  QUERY,
  RANGE_QUERY,
  type RequestDetails,
  row,
  rowOf,
  SERIES,
  test,
  valuesOf,
} from '../rows.ts';

const M = 'namespace="team-a"';
const LEAKS = 'real/query-frontend/leaks.test.ts';
const ORACLE = 'real/promql/oracle.test.ts';

/** A query that is answered in its scope: what is sent has the matcher where `M` stands. */
function scoped(
  number: number,
  what: string,
  query: string,
  sent?: string,
  details: RequestDetails = {},
): Attack {
  const sends = sent === undefined ? {} : { sends: [sent.replaceAll(/\bM\b/g, M)] };
  return row(number, what, '200', get(QUERY, { query, ...AT }), {
    unguarded: true,
    ...sends,
    ...details,
  });
}

function refused(
  number: number,
  what: string,
  query: string,
  answer = '400 query_malformed',
  details: RequestDetails = {},
): Attack {
  return row(number, what, answer, get(QUERY, { query, ...AT }), details);
}

function rangeOf(fields: Fields): Fields {
  return { query: 'shop_orders', ...RANGE, ...fields };
}

/** Attacks 60 to 73. */
export const PROMQL_ATTACKS: readonly Attack[] = [
  scoped(
    60,
    'a foreign tenant by name',
    'shop_orders{namespace="team-b"}',
    'shop_orders{namespace="team-b",M}',
  ),
  scoped(
    60,
    'all tenants but one',
    'shop_orders{namespace!="team-a"}',
    'shop_orders{namespace!="team-a",M}',
  ),
  scoped(
    60,
    'tenants by a pattern',
    'shop_orders{namespace=~".*"}',
    'shop_orders{namespace=~".*",M}',
  ),
  scoped(
    60,
    'tenants by what a pattern leaves out',
    '{namespace!~"team-a",job="shop"}',
    '{namespace!~"team-a",job="shop",M}',
  ),
  scoped(
    60,
    'a matcher twice',
    'shop_orders{namespace="team-b",namespace=~"team-.*"}',
    'shop_orders{namespace="team-b",namespace=~"team-.*",M}',
  ),
  scoped(
    60,
    'our own matcher before another',
    'shop_orders{namespace=~"team-a|team-b"}',
    'shop_orders{namespace=~"team-a|team-b",M}',
  ),
  scoped(
    60,
    'a quoted name of a label',
    'shop_orders{"namespace"="team-b"}',
    'shop_orders{namespace="team-b",M}',
  ),
  scoped(
    60,
    'a quoted name of a label with escapes',
    '{"name\\x73pace"="team-b",job="shop"}',
    '{namespace="team-b",job="shop",M}',
  ),
  scoped(60, 'a quoted metric', '{"shop_orders"}', '{__name__="shop_orders",M}'),
  scoped(60, 'a metric as a label', '{__name__="shop_orders"}', '{__name__="shop_orders",M}'),
  scoped(60, 'metrics by a pattern', '{__name__=~".+"}', '{__name__=~".+",M}'),
  scoped(60, 'a comma at the end', 'shop_orders{job="shop",}', 'shop_orders{job="shop",M}'),
  scoped(
    60,
    'a flag in a pattern',
    'shop_orders{namespace=~"(?i)TEAM-B"}',
    'shop_orders{namespace=~"(?i)TEAM-B",M}',
  ),
  scoped(
    60,
    'the label of a metric that only others have',
    'kingfisher_only',
    'kingfisher_only{M}',
  ),
  elsewhere(
    60,
    'a matcher for another tenant, where the installation refuses it',
    '400 tenant_matcher_conflict',
    test('http/listener.test.ts', 'is refused where the installation asks for that'),
    test(
      'promql/scope.test.ts',
      'refuses %s in mode error',
      'another tenant',
      'a pattern',
      'all but a tenant',
      'a quoted label',
    ),
  ),
  elsewhere(
    60,
    'eighty queries that show a foreign tenant, on real Prometheus and Thanos',
    'none shows it',
    test(LEAKS, 'shows its own series alone, and those of the other without a scope'),
    test(
      'real/query-frontend/thanos-path.test.ts',
      'shows nothing of the other tenant to any query that would show it unscoped',
    ),
  ),

  scoped(61, 'a comment behind a selector', 'shop_orders # {namespace="team-b"}', 'shop_orders{M}'),
  scoped(
    61,
    'a comment that closes a brace',
    'shop_orders{job="shop"} # }',
    'shop_orders{job="shop",M}',
  ),
  scoped(
    61,
    'a comment inside braces',
    'shop_orders{ # }\n job="shop"}',
    'shop_orders{job="shop",M}',
  ),
  scoped(61, 'braces in a string', 'shop_orders{job!="}{"}', 'shop_orders{job!="}{",M}'),
  scoped(
    61,
    'a quote in a string',
    'shop_orders{job!="\\"} or {"}',
    'shop_orders{job!="\\"} or {",M}',
  ),
  scoped(
    61,
    'a raw string',
    'shop_orders{namespace=`team-b`}',
    'shop_orders{namespace="team-b",M}',
  ),
  scoped(
    61,
    'a raw string with a backslash',
    'shop_orders{job!=`\\`}',
    'shop_orders{job!="\\\\",M}',
  ),
  scoped(
    61,
    'escapes of every kind',
    'shop_orders{namespace="\\x74e\\141m-\\u0062"}',
    'shop_orders{namespace="team-b",M}',
  ),
  scoped(
    61,
    'single quotes',
    "shop_orders{namespace='team-b'}",
    'shop_orders{namespace="team-b",M}',
  ),
  scoped(61, 'a time', 'shop_orders @ 1600000000', 'shop_orders{M} @ 1600000000'),
  scoped(61, 'the end of the range', 'shop_orders @ end()', 'shop_orders{M} @ end()'),
  scoped(61, 'an offset', 'shop_orders offset -15s', 'shop_orders{M} offset -15s'),
  scoped(
    61,
    'a subquery',
    'max_over_time((shop_orders or shop_orders)[5m:1m])',
    'max_over_time((shop_orders{M} or shop_orders{M})[5m:1m])',
  ),
  scoped(61, 'a range', 'max_over_time(shop_orders[5m])', 'max_over_time(shop_orders{M}[5m])'),
  scoped(
    61,
    'a comparison',
    'shop_orders > bool 0 or shop_orders',
    'shop_orders{M} > bool 0 or shop_orders{M}',
  ),
  scoped(
    61,
    'matching on one label',
    'vector(0) or on(shop) shop_orders',
    'vector(0) or on (shop) shop_orders{M}',
  ),
  scoped(
    61,
    'matching that ignores the tenancy label',
    'shop_orders * ignoring(namespace) group_left() shop_orders',
    undefined,
    { unguardedOn: [] },
  ),
  scoped(
    61,
    'matching that copies a label',
    'up{namespace="team-a"} * on(job) group_left(owner) shop_info{namespace="team-b"}',
    'up{M} * on (job) group_left (owner) shop_info{namespace="team-b",M}',
  ),
  scoped(
    61,
    'a parameter of an aggregation',
    'quantile(scalar(max(shop_orders{namespace="team-b"})), up)',
    'quantile(scalar(max(shop_orders{namespace="team-b",M})), up{M})',
  ),
  scoped(
    61,
    'the number of an aggregation',
    'topk(scalar(max(shop_info)), max by (shop) (shop_orders))',
    'topk(scalar(max(shop_info{M})), max by (shop) (shop_orders{M}))',
  ),
  scoped(
    61,
    'an aggregation that drops the tenancy label',
    'sum without (namespace) (shop_orders)',
    'sum without (namespace) (shop_orders{M})',
  ),
  scoped(
    61,
    'a label of values',
    'count_values("namespace", shop_orders)',
    'count_values("namespace", shop_orders{M})',
  ),
  scoped(
    61,
    'a tenancy label that the query writes into its own result',
    'label_replace(shop_orders, "namespace", "team-b", "", "")',
    'label_replace(shop_orders{M}, "namespace", "team-b", "", "")',
    { echoes: true },
  ),
  scoped(
    61,
    'a foreign result under an own label',
    'label_replace(shop_orders{namespace="team-b"}, "namespace", "team-a", "", "")',
    'label_replace(shop_orders{namespace="team-b",M}, "namespace", "team-a", "", "")',
  ),
  scoped(
    61,
    'a joined label',
    'label_join(shop_orders, "stolen", "-", "namespace", "shop")',
    'label_join(shop_orders{M}, "stolen", "-", "namespace", "shop")',
  ),
  elsewhere(
    61,
    'generated queries',
    'printed as what they were, every selector in scope',
    test('promql/properties.test.ts', 'are printed as what they were parsed from'),
    test('promql/verify-scoped.test.ts', 'throws on %s'),
  ),

  row(
    62,
    'the absence of foreign series',
    '200',
    get(QUERY, { query: 'absent(shop_orders{shop="kingfisher"})', ...AT }),
    { sends: [`absent(shop_orders{shop="kingfisher",${M}})`], echoes: true },
  ),
  elsewhere(
    62,
    'the absence of foreign series, on real data',
    'as if there were one tenant',
    test(LEAKS, 'answers %s as if there were one tenant'),
  ),
  refused(
    62,
    'a function that reads series which its query does not name',
    'info(shop_orders)',
    '400 query_unsupported',
  ),
  refused(
    62,
    'the same with a selector',
    'info(shop_orders, {namespace="team-b"})',
    '400 query_unsupported',
  ),
  ...[
    'limitk(10, shop_orders)',
    'limit_ratio(1, shop_orders)',
    'sort_by_label(shop_orders, "shop")',
    'mad_over_time(shop_orders[5m])',
  ].map((query) =>
    refused(62, `the experimental ${query.replace(/\(.*/, '')}`, query, '400 query_unsupported', {
      unguardedOn: [],
    }),
  ),
  refused(62, 'a computed duration', 'max_over_time(shop_orders[1m * 5])', '400 query_unsupported'),
  refused(62, 'a function that there is not', 'tenant(shop_orders)'),
  row(
    62,
    'a query that reads nothing, which needs no namespace',
    '200',
    get('/api/v1/query', { query: '1 + vector(time())', ...AT }),
    { sends: ['1 + vector(time())'] },
  ),
  row(
    62,
    'a query that seems to read nothing',
    '400 tenant_missing',
    get('/api/v1/query', { query: 'vector(scalar(shop_orders{namespace="team-b"}))', ...AT }),
    { unguarded: true },
  ),
  rowOf(
    '/api/v1/format_query',
    62,
    'a query that is only formatted, which needs no namespace',
    '200',
    get('/api/v1/format_query', { query: 'shop_orders{namespace="team-b"}' }),
  ),
  rowOf(
    '/api/v1/parse_query',
    62,
    'a query that is only parsed, for a foreign namespace',
    '403 tenant_denied',
    get('/namespaces/team-b/api/v1/parse_query', { query: 'shop_orders' }),
  ),
  elsewhere(
    62,
    'experimental parts that an installation switches on',
    'their selectors are in scope, too',
    test(
      'promql/scope.test.ts',
      'reaches %s',
      'both arguments of info',
      'operands with what is filled in',
      'a computed range',
      'the parameter of a limit',
    ),
  ),

  refused(63, 'two expressions', 'shop_orders shop_orders'),
  refused(63, 'a bracket left open', 'sum(shop_orders'),
  refused(63, 'a brace left open', 'shop_orders{namespace="team-b"'),
  refused(63, 'a brace in braces', 'shop_orders{{namespace="team-b"}}'),
  refused(63, 'matchers joined by or', 'shop_orders{namespace="team-b" or namespace="team-a"}'),
  refused(63, 'two metrics in one selector', 'shop_orders{__name__="up"}'),
  refused(63, 'a string left open', 'shop_orders{namespace="team-b'),
  refused(63, 'a line break in a string', 'shop_orders{job="\n"}'),
  refused(63, 'a blank that is none', 'shop_orders\u00a0or\u00a0shop_orders'),
  refused(63, 'a letter beyond ASCII in a name', 'shop_\u043erders'),
  refused(63, 'a mark of the order of bytes in front', '\ufeffshop_orders'),
  refused(
    63,
    'a pattern with a look ahead, which other engines take',
    'shop_orders{namespace=~"(?=team)"}',
  ),
  refused(63, 'a pattern with a reference back', 'shop_orders{namespace=~"(a)\\\\1"}'),
  refused(63, 'a selector of everything, by patterns', '{namespace=~".*",job=~".*"}'),
  row(
    63,
    'an expression for a selector',
    '400 query_malformed',
    get(SERIES, { 'match[]': 'shop_orders or up' }),
  ),
  row(
    63,
    'a range for a selector',
    '400 query_malformed',
    get(SERIES, { 'match[]': 'shop_orders[5m]' }),
  ),
  row(
    63,
    'one bad selector among good ones',
    '400 query_malformed',
    post(LABELS, { 'match[]': ['shop_orders', '{'] }),
  ),
  elsewhere(
    63,
    'texts that two parsers could read differently',
    'what we take, the parser of Prometheus reads as we meant it',
    test(ORACLE, 'scopes every selector, accepts nothing invalid and changes nothing else'),
    test('promql/parse.test.ts', 'refuses %s in a string'),
    test('promql/properties.test.ts', 'of %s is scoped or refused with a reason'),
  ),

  elsewhere(
    64,
    'series whose tenancy label was dropped by relabelling or by a rule',
    'no tenant sees them; nothing warns of it',
    test(
      'real/answers/dropped-labels.test.ts',
      '%s, are shown without us, and to no tenant by us: %s',
      'by relabelling',
      'by a recording rule',
    ),
    test('real/answers/dropped-labels.test.ts', 'are not a part of what a tenant sums up'),
  ),

  scoped(
    65,
    'series without a tenancy label',
    'shop_orders{namespace=""}',
    'shop_orders{namespace="",M}',
    { unguarded: get('/api/v1/query', { query: '{job="shop",namespace=""}', ...AT }) },
  ),
  scoped(
    65,
    'series that need not have a tenancy label',
    '{job="shop",namespace=~"|team-b"}',
    '{job="shop",namespace=~"|team-b",M}',
  ),
  row(
    65,
    'label values of series without a tenancy label',
    '200',
    get(valuesOf('shop'), { 'match[]': '{job="shop",namespace=""}' }),
    { sends: [`{job="shop",namespace="",${M}}`], unguarded: true },
  ),

  ...[
    ['storeMatch[]', '{namespace="team-b"}'],
    ['replicaLabels[]', 'namespace'],
    ['engine', 'thanos'],
    ['explain', 'true'],
    ['analyze', 'true'],
    ['partial_response_strategy', 'warn'],
    ['shard_info', '{}'],
    ['tenant', 'team-b'],
    ['max_samples', '1'],
  ].map(([name = '', value = '']) =>
    row(
      66,
      `the parameter ${name} of an upstream`,
      '200',
      get(QUERY, { ...ORDERS, [name]: value }),
      {
        sends: [`shop_orders{${M}}`],
        ...(name === 'engine' || name === 'shard_info' || name === 'analyze' || name === 'explain'
          ? {}
          : { unguarded: true as const }),
        ...(name === 'replicaLabels[]' ? { unguardedOn: ['prometheus' as const] } : {}),
      },
    ),
  ),
  row(
    66,
    'partial answers, as a wish',
    '200',
    get(QUERY, { ...ORDERS, partial_response: 'true' }),
    { sends: [`shop_orders{${M}}`], unguarded: true },
  ),
  row(66, 'replicas that are not made one', '200', get(QUERY, { ...ORDERS, dedup: 'false' }), {
    sends: [`shop_orders{${M}}`],
    unguarded: true,
  }),
  row(66, 'coarse data', '200', get(QUERY, { ...ORDERS, max_source_resolution: 'auto' }), {
    sends: [`shop_orders{${M}}`],
    unguarded: true,
  }),
  row(
    66,
    'statistics, which are those of the scoped query',
    '200',
    get(QUERY, { ...ORDERS, stats: 'all' }),
    { sends: [`shop_orders{${M}}`], unguarded: true },
  ),
  row(
    66,
    'another kind of statistics',
    '400 parameter_invalid',
    get(QUERY, { ...ORDERS, stats: 'everybody' }),
    { unguarded: true },
  ),
  row(
    66,
    'parameters of an upstream for series',
    '200',
    get(SERIES, {
      'match[]': 'shop_orders',
      'storeMatch[]': '{namespace="team-b"}',
      'replicaLabels[]': 'namespace',
    }),
    { sends: [`shop_orders{${M}}`], unguarded: true, unguardedOn: ['prometheus'] },
  ),
  elsewhere(
    66,
    'every parameter of every endpoint',
    'a closed list travels on',
    test('http/routes.test.ts', 'forwards no parameter that widens or redirects a read'),
    test(LEAKS, 'drops parameters that could widen the answer of an upstream'),
  ),

  row(
    67,
    'a warning that holds a foreign value',
    '200',
    get(QUERY, { query: 'quantile(scalar(max(shop_orders{namespace="team-b"})), up)', ...AT }),
    { unguarded: true },
  ),
  row(67, 'notices that name stores and foreign labels', '200', get(QUERY, ORDERS), {
    upstreamBody:
      '{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["store 10.0.0.9 kingfisher","PromQL info: x"],"infos":["kingfisher"]}',
  }),
  refused(
    67,
    'an error that names series of both sides of a match',
    'up{namespace="team-a"} * on() shop_orders',
    '200',
    {
      unguarded: get('/api/v1/query', {
        query: 'up{namespace="team-a"} * on() shop_orders',
        ...AT,
      }),
    },
  ),
  elsewhere(
    67,
    'errors of stores',
    '503 upstream_unavailable, without a word of them',
    test(
      'http/upstream-answers.test.ts',
      'that is %s is told by a code',
      'a store that is down',
      'a store error in rpc words',
      'an error of the file system',
    ),
    test(
      'http/upstream-answers.test.ts',
      'loses notices that are not of the engine, however it is cut',
    ),
    test('http/engine-messages.test.ts', 'hides %j'),
    test('http/engine-messages.test.ts', 'takes %j for a part that is down'),
    test('http/scrub-notices.test.ts', 'keeps the data to the byte and hides every foreign notice'),
  ),
  elsewhere(
    67,
    'a store that is down, on real Thanos',
    'a fixed text',
    test(
      'real/query-frontend/thanos-path.test.ts',
      'answers out of the object store when Prometheus is away, and hides which store failed',
    ),
  ),

  row(68, 'values of the tenancy label', '200', get(valuesOf('namespace')), {
    sends: [`{${M}}`],
    unguarded: true,
  }),
  row(
    68,
    'values of the tenancy label, by a foreign selector',
    '200',
    get(valuesOf('namespace'), { 'match[]': ['{namespace="team-b"}', '{namespace!=""}'] }),
    { sends: [`{namespace="team-b",${M}}`, `{namespace!="",${M}}`], unguarded: true },
  ),
  row(68, 'names of all metrics', '200', get(valuesOf('__name__')), {
    sends: [`{${M}}`],
    unguarded: true,
  }),
  row(
    68,
    'names of all metrics by a pattern',
    '200',
    get(valuesOf('__name__'), { 'match[]': '{__name__=~"king.*"}' }),
    { sends: [`{__name__=~"king.*",${M}}`], unguarded: true },
  ),
  row(68, 'names of all labels', '200', get(LABELS), { sends: [`{${M}}`], unguarded: true }),
  row(68, 'series of all tenants', '200', get(SERIES, { 'match[]': '{__name__=~".+"}' }), {
    sends: [`{__name__=~".+",${M}}`],
    unguarded: true,
  }),
  row(68, 'series over a range', '200', get(RANGE_QUERY, rangeOf({})), {
    sends: [`shop_orders{${M}}`],
    unguarded: true,
  }),
  row(
    68,
    'series over a range, by POST',
    '200',
    post(RANGE_QUERY, rangeOf({ query: 'shop_orders{namespace="team-b"}' })),
    { sends: [`shop_orders{namespace="team-b",${M}}`], unguarded: true },
  ),
  rowOf(
    '/api/v1/query_exemplars',
    68,
    'exemplars of all tenants',
    '200',
    get(`${OWN}/api/v1/query_exemplars`, { query: 'shop_orders', start: '0', end: '2000000000' }),
    { sends: [`shop_orders{${M}}`], upstreamBody: exemplars() },
  ),
  rowOf(
    '/api/v1/query_exemplars',
    68,
    'exemplars of a foreign tenant',
    '403 tenant_denied',
    get('/namespaces/team-b/api/v1/query_exemplars', {
      query: 'shop_orders',
      start: '0',
      end: '2000000000',
    }),
  ),
  rowOf(
    '/api/v1/metadata',
    68,
    'metadata of all metrics, where the upstream cannot tell them by target',
    '200',
    get(`${OWN}/api/v1/metadata`),
    {
      sends: [],
    },
  ),
  rowOf(
    '/api/v1/metadata',
    68,
    'metadata of a metric that others have, too, likewise',
    '200',
    get(`${OWN}/api/v1/metadata`, { metric: 'shop_orders' }),
    { sends: [] },
  ),
  rowOf('/api/v1/alerts', 68, 'alerts of all tenants', '200', get(`${OWN}/api/v1/alerts`), {
    unguarded: true,
    upstreamBody: alerts(),
  }),
  row(68, 'federation', '404 route_unknown', get(`${OWN}/federate`, { 'match[]': '{job="shop"}' })),
  row(
    68,
    'federation without a prefix',
    '404 route_unknown',
    get('/federate', { 'match[]': '{job="shop"}', namespace: 'team-a' }),
  ),
  elsewhere(
    68,
    'exemplars, metadata and federation, on real data',
    'of the scope alone',
    test('real/answers/targets.test.ts', 'shows a tenant its own exemplars'),
    test(
      'real/answers/targets.test.ts',
      'keeps exemplars apart where Thanos drops the matcher of the scope',
    ),
    test('real/answers/targets.test.ts', 'shows a tenant the words of its own targets alone'),
    test('real/answers/targets.test.ts', 'federates own series, with and without a selector'),
  ),
  elsewhere(
    68,
    'a tenancy label that is an external label of the upstream, so that all series are of one tenant',
    'the frontend is not ready, and asks nothing',
    test(
      'real/operation/stores.test.ts',
      'keep the frontend from being ready, and from asking them',
    ),
    test('http/upstream-watch.test.ts', 'sends nothing while that is not safe'),
  ),
  elsewhere(
    68,
    'exemplars, metadata and alerts as an upstream answers them',
    'entries outside the scope are dropped',
    test(
      'answers/entries.test.ts',
      'keeps entries whose series is of the scope, whatever their exemplars say',
    ),
    test('answers/entries.test.ts', 'keeps alerts of the scope as they are'),
    test(
      'answers/metadata.test.ts',
      'tells each text of a target in the scope once, and no other text of the same name',
    ),
  ),

  rowOf(
    '/api/v1/rules',
    69,
    'rules of all tenants, with their expressions',
    '200',
    get(`${OWN}/api/v1/rules`),
    { unguarded: true, upstreamBody: rules() },
  ),
  rowOf(
    '/api/v1/rules',
    69,
    'rules by a foreign selector',
    '200',
    get(`${OWN}/api/v1/rules`, { 'match[]': '{namespace="team-b"}' }),
    { unguarded: true, upstreamBody: rules() },
  ),
  rowOf(
    '/api/v1/rules',
    69,
    'rules of a foreign tenant',
    '403 tenant_denied',
    get('/namespaces/team-b/api/v1/rules'),
  ),
  elsewhere(
    69,
    'rules in pages, of two namespaces, and behind Thanos, on real data',
    'own groups alone',
    test('real/answers/rules.test.ts', 'show a tenant its own rules, whole'),
    test('real/answers/rules.test.ts', 'come in pages that hold own groups only'),
    test(
      'real/answers/rules.test.ts',
      'are filtered just so behind Thanos, which has other members and no pages',
    ),
  ),
  elsewhere(
    69,
    'groups, states, errors and pages of rules',
    'of the scope alone',
    test('answers/rules.test.ts', 'keeps rules of the scope, and what they hold'),
    test(
      'answers/rules.test.ts',
      'leaves out groups without a rule of the scope, and those that are none',
    ),
    test('answers/rules.test.ts', 'are full, whole and without a foreign group'),
    test('answers/rules.test.ts', 'refuse a token that names no group of the scope'),
  ),

  row(
    70,
    'silences, where there is no Alertmanager',
    '404 route_unknown',
    get(`${OWN}/api/v2/silences`),
  ),
  row(
    70,
    'a silence by its id, where there is no Alertmanager',
    '404 route_unknown',
    get(`${OWN}/api/v2/silence/01234567-89ab-cdef-0123-456789abcdef`),
  ),
  row(70, 'a new silence, where there is no Alertmanager', '404 route_unknown', {
    method: 'POST',
    path: `${OWN}/api/v2/silences`,
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  }),
  row(70, 'the end of a silence, where there is no Alertmanager', '404 route_unknown', {
    method: 'DELETE',
    path: `${OWN}/api/v2/silence/01234567-89ab-cdef-0123-456789abcdef`,
  }),
  elsewhere(
    70,
    'a silence for everybody, a foreign one that is changed or ended, on a real Alertmanager',
    'an own silence alone is made, changed or ended; a foreign one is unknown',
    test('real/answers/alertmanager.test.ts', 'makes a silence that silences the tenant alone'),
    test('real/answers/alertmanager.test.ts', 'changes an own silence, and no other'),
    test(
      'real/answers/alertmanager.test.ts',
      'expires an own silence, and says of a foreign one what it says of none',
    ),
    test('real/answers/alertmanager.test.ts', 'narrows by filters of the caller, and never widens'),
  ),
  elsewhere(
    70,
    'a silence that is changed by its identifier',
    'whose it is, is read before it is written',
    test('answers/served-silences.test.ts', 'reads whose it is, then writes'),
    test('answers/served-silences.test.ts', 'does not know %s, and writes nothing'),
    test('answers/served-silences.test.ts', 'says the same of a foreign one, a wide one and none'),
  ),
  elsewhere(
    70,
    'silences with patterns, of others, and changed under their id',
    'a silence belongs to whom an equality matcher names; identifiers have one spelling',
    test('answers/silences.test.ts', 'does not take %s'),
    test('answers/silences.test.ts', 'gives no other'),
    test('answers/silences.test.ts', 'takes UUIDs alone, in one spelling'),
    test('answers/silences.test.ts', 'refuses %s'),
  ),

  scoped(
    71,
    'a pattern that takes exponential time where it is tried in turn',
    'shop_orders{shop=~"(a+)+(a+)+(a+)+b|king.*"}',
  ),
  elsewhere(
    71,
    'a flood of patterns, and long values of parameters',
    'patterns are read once and never run here; time is linear',
    test('promql/regex.test.ts', 'ends on a flood of %s'),
    test('promql/regex.test.ts', 'refuses what is too %s', 'long in all', 'deep'),
    test('http/parameter-kinds.test.ts', 'is checked in time linear in its length'),
  ),

  row(
    72,
    'ten thousand brackets',
    '422 limit_query_depth',
    post(QUERY, { query: `${'('.repeat(10_000)}shop_orders${')'.repeat(10_000)}`, ...AT }),
  ),
  row(
    72,
    'ten thousand signs',
    '422 limit_query_depth',
    post(QUERY, { query: `${'-'.repeat(10_000)}shop_orders`, ...AT }),
  ),
  row(
    72,
    'a query of a megabyte',
    '413 body_too_large',
    post(QUERY, { query: `shop_orders${' '.repeat(1_000_000)}`, ...AT }),
    { unguarded: true },
  ),
  row(
    72,
    'five hundred and one selectors in as many texts',
    '422 limit_query_selectors',
    post(SERIES, { 'match[]': Array.from({ length: 501 }, () => 'shop_orders'), ...AT }),
    { unguarded: true },
  ),
  row(
    72,
    'five hundred and one selectors',
    '422 limit_query_selectors',
    post(QUERY, { query: Array.from({ length: 501 }, () => 'shop_orders').join(' or '), ...AT }),
    { unguarded: true },
  ),
  row(
    72,
    'two thousand and one numbers',
    '422 limit_query_terms',
    post(QUERY, { query: `shop_orders${'+1'.repeat(2_001)}`, ...AT }),
  ),
  row(
    72,
    'a thousand matchers',
    '200',
    post(QUERY, {
      query: `shop_orders{${Array.from({ length: 1_000 }, () => 'job=~".+"').join()}}`,
      ...AT,
    }),
    { unguarded: true },
  ),
  row(
    72,
    'a hundred thousand matchers',
    '413 body_too_large',
    post(QUERY, {
      query: `shop_orders{${Array.from({ length: 100_000 }, () => 'a=""').join()}}`,
      ...AT,
    }),
  ),
  row(
    72,
    'five hundred selectors in a list',
    '200',
    post(SERIES, { 'match[]': Array.from({ length: 500 }, () => 'shop_orders') }),
    { unguarded: true },
  ),
  elsewhere(
    72,
    'deep nesting of every kind',
    '422, and the process lives on',
    test('promql/limits.test.ts', 'stop a flood of %s without harm'),
  ),

  row(73, 'a time of 0', '200', get(QUERY, { query: 'shop_orders', time: '0' }), {
    sends: [`shop_orders{${M}}`],
  }),
  row(73, 'a time before 1970', '200', get(QUERY, { query: 'shop_orders', time: '-1' }), {
    sends: [`shop_orders{${M}}`],
  }),
  row(
    73,
    'a time in milliseconds',
    '200',
    get(QUERY, { query: 'shop_orders', time: '1600000000000' }),
    { sends: [`shop_orders{${M}}`] },
  ),
  row(
    73,
    'a time in nanoseconds',
    '400 parameter_invalid',
    get(QUERY, { query: 'shop_orders', time: '1600000000000000000' }),
  ),
  ...[
    'NaN',
    'Inf',
    '-Inf',
    '+Inf',
    '1e308',
    '1e9999',
    '0x10',
    '1_000',
    '',
    'now',
    '2020-13-01T00:00:00Z',
  ]
    .filter((time) => time !== '')
    .map((time) =>
      row(
        73,
        `the time ${time}`,
        '400 parameter_invalid',
        get(QUERY, { query: 'shop_orders', time }),
      ),
    ),
  ...['0', '-1', 'NaN', 'Inf', '1e308', '5 m', '-5m', '1e-999'].map((step) =>
    row(73, `the step ${step}`, '400 parameter_invalid', get(RANGE_QUERY, rangeOf({ step }))),
  ),
  row(
    73,
    'a step of a millisecond over a year',
    '422 limit_points',
    get(RANGE_QUERY, rangeOf({ start: '1568464000', step: '0.001' })),
  ),
  row(
    73,
    'a range of fifty years',
    '422 limit_range',
    get(RANGE_QUERY, rangeOf({ start: '0', step: '1y' })),
  ),
  row(
    73,
    'a look back of centuries',
    '422 limit_lookback',
    get(QUERY, { query: 'max_over_time(shop_orders[290y])', ...AT }),
    { unguarded: true },
  ),
  row(
    73,
    'an offset of centuries',
    '422 limit_offset',
    get(QUERY, { query: 'shop_orders offset 200y', ...AT }),
  ),
  row(
    73,
    'a point in time far from the one that is asked for',
    '422 limit_offset',
    get(QUERY, { query: 'shop_orders @ 1600000000', time: '4000000000' }),
    { unguarded: true },
  ),
  row(
    73,
    'a subquery of a millisecond over a year',
    '422 limit_subquery_points',
    get(QUERY, { query: 'max_over_time(shop_orders[1y:1ms])', ...AT }),
  ),
  row(
    73,
    'a range that ends before it begins',
    '200',
    get(RANGE_QUERY, rangeOf({ start: '1600000000', end: '1500000000' })),
    { sends: [`shop_orders{${M}}`] },
  ),
  row(
    73,
    'a timeout of no time',
    '400 parameter_invalid',
    get(QUERY, { ...ORDERS, timeout: '0s' }),
    { unguarded: ASKED_DIRECTLY },
  ),
  row(
    73,
    'a limit below zero',
    '400 parameter_invalid',
    get(SERIES, { 'match[]': 'shop_orders', limit: '-1' }),
    { unguarded: get('/api/v1/series', { 'match[]': 'shop_orders' }) },
  ),
  row(
    73,
    'a negative time to look back',
    '400 parameter_invalid',
    get(QUERY, { ...ORDERS, lookback_delta: '-5m' }),
    { unguarded: ASKED_DIRECTLY },
  ),
  elsewhere(
    73,
    'a step of a millisecond over a year, and ranges, offsets and subqueries without end',
    '422 by limits of its own',
    test('limits/time-limits.test.ts', 'judges %s at %j'),
    test('limits/time-limits.test.ts', 'finds a selector in %s'),
  ),
  row(
    73,
    'a bad time for a foreign namespace, which is not asked about',
    '400 parameter_invalid',
    get('/namespaces/team-b/api/v1/query', { query: 'shop_orders', time: 'NaN' }),
    { unguarded: ASKED_DIRECTLY },
  ),
];

function exemplars(): string {
  const entry = (namespace: string, name: string): object => ({
    seriesLabels: { __name__: 'shop_orders', namespace },
    exemplars: [{ labels: { trace_id: name }, value: '1', timestamp: 1 }],
  });
  return success([entry('team-a', 'robin'), entry('team-b', 'kingfisher')]);
}

function alerts(): string {
  const alert = (namespace: string, name: string): object => ({
    labels: { alertname: name, namespace },
    annotations: { summary: name },
    state: 'firing',
    activeAt: '2020-09-13T12:26:40Z',
    value: '1',
  });
  return success({ alerts: [alert('team-a', 'robin'), alert('team-b', 'kingfisher')] });
}

function rules(): string {
  const group = (namespace: string, name: string): object => ({
    name,
    file: `${namespace}.yaml`,
    interval: 30,
    limit: 0,
    evaluationTime: 0,
    lastEvaluation: '2020-09-13T12:26:40Z',
    rules: [
      {
        type: 'recording',
        name: `${name}:orders`,
        query: `${name}_only`,
        labels: { namespace },
        health: 'ok',
        evaluationTime: 0,
        lastEvaluation: '2020-09-13T12:26:40Z',
      },
    ],
  });
  return success({ groups: [group('team-a', 'robin'), group('team-b', 'kingfisher')] });
}

function success(data: unknown): string {
  return JSON.stringify({ status: 'success', data });
}
