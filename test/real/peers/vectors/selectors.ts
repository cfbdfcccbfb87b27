import { get, post, type Question } from '../../query-frontend/support/question.ts';
import { RANGE } from '../../query-frontend/support/tenant-series.ts';
import { differs, same, type Vector } from '../support/vector.ts';
import { multipart } from './queries.ts';

const BOTH = ['team-a', 'team-b'];
const { start, end } = RANGE;
const TIMES = { start, end };
const INFO = 'shop_info{job="shop"}';
const PATTERN = '{job="shop",__name__=~"shop_.*"}';
const MALFORMED = 'what is no name of a namespace is refused, not asked about';

const SELECTORS: Readonly<Record<string, readonly string[]>> = {
  'no selector': [],
  'a name': ['shop_orders'],
  'a name and a matcher': [INFO],
  'a pattern of names': [PATTERN],
  'two selectors': ['shop_orders', 'up'],
};

/** What prom-label-proxy's own tests ask of the endpoints for selectors, and where it leaks. */
export const SELECTOR_VECTORS: readonly Vector[] = [
  ...['/api/v1/series', '/api/v1/labels', '/api/v1/label/owner/values'].flatMap((path) => [
    same(`${path}: no namespace`, get(path, { 'match[]': 'up', ...TIMES }), '400'),
    ...Object.entries(SELECTORS).flatMap(([name, match]) => [
      same(`${path}: ${name}`, ask(path, match), shown(path, match, ['team-a'])),
      same(`${path}: ${name}, two namespaces`, ask(path, match, BOTH), shown(path, match, BOTH)),
    ]),
    same(
      `${path}: a matcher for the own namespace`,
      ask(path, ['shop_info{namespace="team-a"}']),
      shown(path, [INFO], ['team-a']),
    ),
    same(
      `${path}: a matcher for another namespace`,
      ask(path, ['shop_info{namespace="team-b"}']),
      '200 nothing',
    ),
    same(
      `${path}: a matcher for one of two namespaces`,
      ask(path, ['shop_info{namespace="team-b"}'], BOTH),
      shown(path, [INFO], ['team-b']),
    ),
    same(`${path}: what is no selector`, ask(path, ['shop_info{']), '400'),
    differs(`${path}: a name with a bar`, ask(path, ['shop_info'], ['team-a|x', 'team-b']), {
      peer: shown(path, [INFO], ['team-b']),
      ours: '400',
      why: MALFORMED,
    }),
  ]),
  ...['/api/v1/series', '/api/v1/labels'].flatMap((path) => [
    differs(
      `${path}: a selector in a form`,
      post(`${path}?namespace=team-a`, { 'match[]': 'up', ...TIMES }),
      {
        peer: '200 team-a',
        ours: '200 nothing',
        why: 'prom-label-proxy adds a selector of everything to the URL, so that of the form is void',
      },
    ),
    differs(
      `${path}: what is no selector, in a form`,
      post(`${path}?namespace=team-a`, { 'match[]': 'up{', ...TIMES }),
      { peer: '200 empty', ours: '400', why: 'a mistake is told' },
    ),
  ]),
  ...['/api/v1/labels', '/api/v1/label/owner/values'].map((path) =>
    differs(
      `${path}: a selector in a multipart body of a GET`,
      {
        ...get(path, { namespace: 'team-a', ...TIMES }),
        ...multipart('match[]', '{namespace="team-b"}'),
      },
      {
        peer: '200 team-a team-b',
        ours: '400',
        why: 'prom-label-proxy leaks: it passes the body on, and Prometheus reads it',
      },
    ),
  ),
  same('/federate: no namespace', get('/federate'), '400'),
  same('/federate: no selector', federate([]), '200 team-a'),
  same('/federate: no selector, two namespaces', federate([], BOTH), '200 team-a team-b'),
  same('/federate: a pattern of names', federate(['{__name__=~"orders:.*"}']), '200 team-a'),
  same('/federate: the own namespace', federate(['{namespace="team-a"}']), '200 team-a'),
  same('/federate: two selectors', federate(['orders:now', 'ALERTS']), '200 team-a'),
  same('/federate: one of two', federate(['{namespace="team-b"}'], BOTH), '200 team-b'),
  same('/federate: another namespace', federate(['{namespace="team-b"}']), '200 empty'),
  same('/federate: what is no selector', federate(['orders:now{']), '400'),
];

function ask(
  path: string,
  match: readonly string[],
  namespace: string | readonly string[] = 'team-a',
): Question {
  return get(path, { namespace, 'match[]': match, ...TIMES });
}

function federate(
  match: readonly string[],
  namespace: string | readonly string[] = 'team-a',
): Question {
  return get('/federate', { namespace, 'match[]': match });
}

// Names of labels tell tenants apart only where a tenant has one of its own.
function shown(path: string, match: readonly string[], tenants: readonly string[]): string {
  const all = match.length === 0;
  const told = path.endsWith('/labels')
    ? all
    : path.endsWith('/series')
      ? true
      : all || !match.includes('shop_orders');
  return `200 ${told ? tenants.join(' ') : 'nothing'}`;
}
