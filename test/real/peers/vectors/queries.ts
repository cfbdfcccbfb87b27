import { get, post, type Question, withHeaders } from '../../query-frontend/support/question.ts';
import { AT, RANGE } from '../../query-frontend/support/tenant-series.ts';
import { differs, same, type Vector } from '../support/vector.ts';

/** An endpoint that takes a query, with the times it takes. */
export interface QueryEndpoint {
  readonly path: string;
  readonly times: Readonly<Record<string, string>>;
}

/** The endpoints that take queries and give series. */
export const QUERY_ENDPOINTS: readonly QueryEndpoint[] = [
  { path: '/api/v1/query', times: AT },
  { path: '/api/v1/query_range', times: RANGE },
];

const MULTIPART = { 'Content-Type': 'multipart/form-data; boundary=x' };

/** A form field in a multipart body. */
export function multipart(name: string, value: string): Pick<Question, 'headers' | 'body'> {
  const body = `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--x--\r\n`;
  return { headers: MULTIPART, body };
}

const ORDERS = 'shop_orders';
const FOREIGN = 'shop_orders{namespace="team-b"}';
const BINARY = 'shop_orders{job="shop"} + shop_orders{namespace="team-b"}';
const BOTH = ['team-a', 'team-b'];

const REPLACED =
  'prom-label-proxy replaces the matcher and answers what was not asked; we add ours';
const NAME_MALFORMED = 'what is no name of a namespace is refused, not asked about';
const ONE_QUERY = 'a query stands in one place';

/** What prom-label-proxy's own tests ask of the endpoints for queries, and where it leaks. */
export function queryVectors({ path, times }: QueryEndpoint): readonly Vector[] {
  const query = (text: string, namespace: string | readonly string[] = 'team-a'): Question =>
    get(path, { namespace, query: text, ...times });
  const form = (text: string, namespace: string | readonly string[] = 'team-a'): Question =>
    post(get(path, { namespace }).path, { query: text, ...times });
  const bare = (text: string): Question => get(path, { query: text, ...times });
  const scoped = (text: string, namespaces = 'team-a'): Question =>
    get(`/namespaces/${namespaces}${path}`, { query: text, ...times });
  const byHeader = (text: string, values: string | readonly string[]): Question =>
    withHeaders(bare(text), { 'X-Scope-OrgID': values });

  return [
    same('no namespace', bare(ORDERS), '400'),
    same('no namespace, as a form', post(path, { query: ORDERS, ...times }), '400'),
    differs('an empty name beside one', query(ORDERS, ['team-a', '']), {
      peer: '200 team-a',
      ours: '400',
      why: NAME_MALFORMED,
    }),
    differs('an empty name beside one, as a form', form(ORDERS, ['team-a', '']), {
      peer: '200 team-a',
      ours: '400',
      why: NAME_MALFORMED,
    }),
    differs('no query', get(path, { namespace: 'team-a', ...times }), {
      peer: '200 empty',
      ours: '400',
      why: 'an answer without a body is none',
    }),
    differs('no query, as a form', post(`${path}?namespace=team-a`, times), {
      peer: '200 empty',
      ours: '400',
      why: 'an answer without a body is none',
    }),
    same('a selector without matchers', query(ORDERS), '200 team-a'),
    same('a selector in a form', form(ORDERS), '200 team-a'),
    same('two namespaces', query(ORDERS, BOTH), '200 team-a team-b'),
    same('two namespaces, as a form', form(ORDERS, BOTH), '200 team-a team-b'),
    // A proxy before it that looks at the URL alone has asked about the first one only.
    same(
      'a namespace in the URL and another in the form',
      post(`${path}?namespace=team-a`, { namespace: 'team-b', query: ORDERS, ...times }),
      '200 team-a team-b',
    ),
    differs('a name with a bar beside another', query(ORDERS, ['team-a|x', 'team-b']), {
      peer: '200 team-b',
      ours: '400',
      why: NAME_MALFORMED,
    }),
    differs('a name with a bar', query(ORDERS, 'team-a|team-b'), {
      peer: '200 nothing',
      ours: '400',
      why: NAME_MALFORMED,
    }),
    differs('a query in the body of a GET', bodyOfGet(path, ORDERS), {
      peer: '200 empty',
      ours: '400',
      why: 'a GET has no body',
    }),
    differs('one query in the URL and in the form', twice(path, ORDERS, ORDERS, times), {
      peer: '200 team-a',
      ours: '400',
      why: ONE_QUERY,
    }),
    differs('two queries, in the URL and in the form', twice(path, ORDERS, 'up', times), {
      peer: '200 nothing',
      ours: '400',
      why: ONE_QUERY,
    }),
    differs('a matcher for another namespace', query(FOREIGN), {
      peer: '200 team-a',
      ours: '200 nothing',
      why: REPLACED,
    }),
    differs('a matcher for another namespace, as a form', form(FOREIGN), {
      peer: '200 team-a',
      ours: '200 nothing',
      why: REPLACED,
    }),
    same('a matcher for one of two namespaces', query(FOREIGN, BOTH), '200 team-b'),
    same('a matcher for one of two namespaces, as a form', form(FOREIGN, BOTH), '200 team-b'),
    differs('a matcher for another namespace, an empty name', query(FOREIGN, ['team-a', '']), {
      peer: '200 team-a',
      ours: '400',
      why: NAME_MALFORMED,
    }),
    same('a matcher for another namespace, where that is an error', query(FOREIGN), '400', {
      peer: 'errorOnReplace',
    }),
    same('the same in a form', form(FOREIGN), '400', { peer: 'errorOnReplace' }),
    same('a scalar', query('1711'), '200 team-a'),
    same('a scalar in a form', form('1711'), '200 team-a'),
    same('a function', query('time() * 0 + 1711'), '200 team-a'),
    same('a function in a form', form('time() * 0 + 1711'), '200 team-a'),
    same('what is no expression', query('shop_orders +'), '400'),
    same('what is no expression, in a form', form('shop_orders +'), '400'),
    differs('two selectors, one for another namespace', query(BINARY), {
      peer: '200 team-a',
      ours: '200 nothing',
      why: REPLACED,
    }),
    same('two selectors in two namespaces', query(BINARY, BOTH), '200 team-b'),
    same('a fixed namespace', bare(ORDERS), '200 team-a', {
      peer: 'fixed',
      ours: scoped(ORDERS),
    }),
    same('two fixed namespaces', bare(FOREIGN), '200 team-b', {
      peer: 'fixedTwo',
      ours: scoped(FOREIGN, 'team-a,team-b'),
    }),
    same('a namespace in a header', byHeader(ORDERS, 'team-a'), '200 team-a', { peer: 'header' }),
    same('two namespaces in two headers', byHeader(FOREIGN, BOTH), '200 team-b', {
      peer: 'header',
    }),
    differs(
      'commas in a header that is no list',
      byHeader(ORDERS, ['team-a, x', 'team-b']),
      {
        peer: '200 team-b',
        ours: '400',
        why: NAME_MALFORMED,
      },
      { peer: 'header' },
    ),
    same('a list in a header', byHeader(ORDERS, 'team-a, team-b'), '200 team-a team-b', {
      peer: 'headerList',
      ours: byHeader(ORDERS, 'team-a|team-b'),
    }),
    differs(
      'an empty header beside one',
      byHeader(ORDERS, ['team-a', '']),
      {
        peer: '200 team-a',
        ours: '400',
        why: NAME_MALFORMED,
      },
      { peer: 'header' },
    ),
    same(
      'another parameter',
      get(path, { tenant: 'team-a', query: ORDERS, ...times }),
      '200 team-a',
      {
        peer: 'otherParameter',
        ours: query(ORDERS),
      },
    ),
    differs(
      'a pattern of names',
      query(ORDERS, 'team-.*'),
      {
        peer: '200 team-a team-b',
        ours: '400',
        why: 'a pattern cannot be put before the API server',
      },
      { peer: 'pattern' },
    ),
    same('a pattern that is none', query(ORDERS, 'team-(.*'), '400', { peer: 'pattern' }),
    differs(
      'two patterns',
      query(ORDERS, BOTH),
      {
        peer: '400',
        ours: '200 team-a team-b',
        why: 'two names are two names',
      },
      { peer: 'pattern' },
    ),
    same('a pattern of everything', query(ORDERS, '.*'), '400', { peer: 'pattern' }),
    differs('a selector in a parameter of an aggregation', query(QUANTILE), {
      peer: '200 team-b',
      ours: '200 nothing',
      why: 'prom-label-proxy leaks: it does not look at parameters of aggregations',
    }),
  ];
}

const QUANTILE = 'quantile(scalar(shop_orders{namespace="team-b"}), up)';

function bodyOfGet(path: string, query: string): Question {
  return { ...post(`${path}?namespace=team-a`, { query }), method: 'GET' };
}

function twice(
  path: string,
  inUrl: string,
  inForm: string,
  times: Readonly<Record<string, string>>,
): Question {
  return post(get(path, { namespace: 'team-a', query: inUrl }).path, { query: inForm, ...times });
}
