import type { Attack } from '../attack.ts';
import {
  get,
  post,
  type Question,
  withHeaders,
} from '../../real/query-frontend/support/question.ts';
import { ASKED_DIRECTLY, ATTACKER, elsewhere, ORDERS, PLATFORM, row, test } from '../rows.ts';

const ALL = '/all-namespaces';
const QUERY_ALL = `${ALL}/api/v1/query`;
const UNGUARDED = { unguarded: ASKED_DIRECTLY };

const DENIALS: readonly (readonly [what: string, answer: string, question: Question])[] = [
  ['the whole cluster by its path', '403 cluster_denied', get(QUERY_ALL, ORDERS)],
  ['the whole cluster by a form', '403 cluster_denied', post(QUERY_ALL, ORDERS)],
  [
    'a query of the whole cluster that reads nothing',
    '403 cluster_denied',
    get(QUERY_ALL, { query: '1+1' }),
  ],
  [
    'the whole cluster, and the own namespace in the query',
    '403 cluster_denied',
    get(QUERY_ALL, { ...ORDERS, query: 'shop_orders{namespace="team-a"}' }),
  ],
  ['the labels of the whole cluster', '403 cluster_denied', get(`${ALL}/api/v1/labels`)],
  ['the series of the whole cluster', '403 cluster_denied', get(`${ALL}/api/v1/series`)],
  ['the rules of the whole cluster', '403 cluster_denied', get(`${ALL}/api/v1/rules`)],
  ['the alerts of the whole cluster', '403 cluster_denied', get(`${ALL}/api/v1/alerts`)],
  [
    'the exemplars of the whole cluster',
    '403 cluster_denied',
    get(`${ALL}/api/v1/query_exemplars`, ORDERS),
  ],
  ['buildinfo for the whole cluster', '403 cluster_denied', get(`${ALL}/api/v1/status/buildinfo`)],
  [
    'the whole cluster beside the own namespace',
    '400 tenant_sources_differ',
    get(QUERY_ALL, { ...ORDERS, namespace: 'team-a' }),
  ],
  [
    'the whole cluster beside an empty namespace',
    '400 tenant_sources_differ',
    get(QUERY_ALL, { ...ORDERS, namespace: '' }),
  ],
  [
    'the whole cluster beside a star',
    '400 tenant_sources_differ',
    get(QUERY_ALL, { ...ORDERS, namespace: '*' }),
  ],
  [
    'the whole cluster beside a namespace in a form',
    '400 tenant_sources_differ',
    post(`${QUERY_ALL}?namespace=team-a`, ORDERS),
  ],
  [
    'the whole cluster beside a header',
    '400 tenant_sources_differ',
    withHeaders(get(QUERY_ALL, ORDERS), { 'X-Scope-OrgID': 'team-a' }),
  ],
  [
    'the whole cluster beside an empty header',
    '400 tenant_sources_differ',
    withHeaders(get(QUERY_ALL, ORDERS), { 'X-Scope-OrgID': '' }),
  ],
  [
    'the values of a label in the whole cluster',
    '403 cluster_denied',
    get(`${ALL}/api/v1/label/namespace/values`),
  ],
  [
    'the same by an empty POST',
    '403 cluster_denied',
    { method: 'POST', path: `${ALL}/api/v1/label/namespace/values` },
  ],
  ['the metadata of the whole cluster', '403 cluster_denied', get(`${ALL}/api/v1/metadata`)],
  [
    'a query that is only formatted, for the whole cluster',
    '403 cluster_denied',
    get(`${ALL}/api/v1/format_query`, { query: 'up' }),
  ],
  [
    'a change of silences for the whole cluster',
    '404 route_unknown',
    { method: 'DELETE', path: `${ALL}/api/v2/silence/00000000-0000-4000-8000-000000000001` },
  ],
  ['the web UI of the whole cluster', '404 route_unknown', get(`${ALL}/graph`)],
  ['a file of its web UI', '404 route_unknown', get(`${ALL}/static/js/main.js`)],
  ['the stores of the whole cluster', '404 route_unknown', get(`${ALL}/api/v1/stores`)],
  [
    'the whole cluster with the token of its reader in the URL',
    '403 cluster_denied',
    get(QUERY_ALL, { ...ORDERS, access_token: PLATFORM, authorization: `Bearer ${PLATFORM}` }),
  ],
  [
    'the whole cluster with the token or the name of its reader in other headers',
    '403 cluster_denied',
    withHeaders(get(QUERY_ALL, ORDERS), {
      'Proxy-Authorization': `Bearer ${PLATFORM}`,
      'X-Id-Token': PLATFORM,
      'X-Forwarded-Access-Token': PLATFORM,
      Cookie: `token=${PLATFORM}`,
      'X-Remote-User': 'platform',
      'X-Remote-Group': 'system:masters',
      'Impersonate-User': 'platform',
    }),
  ],
  [
    'the whole cluster with two tokens',
    '401 token_malformed',
    withHeaders(get(QUERY_ALL, ORDERS), {
      Authorization: [`Bearer ${ATTACKER}`, `Bearer ${PLATFORM}`],
    }),
  ],
  [
    'the whole cluster by a parameter of another spelling',
    '400 tenant_missing',
    get('/api/v1/query', { ...ORDERS, clusterWide: 'true', scope: 'cluster', NAMESPACE: '' }),
  ],
  [
    'the key under which readers of the whole cluster share answers, as a header',
    '400 tenant_malformed',
    withHeaders(get('/api/v1/query', ORDERS), { 'X-Scope-OrgID': 'all namespaces' }),
  ],
  [
    'the whole cluster beside the own namespace in the path',
    '403 tenant_denied',
    get('/namespaces/team-a,all-namespaces/api/v1/query', ORDERS),
  ],
  [
    'a namespace called all-namespaces',
    '403 tenant_denied',
    get('/namespaces/all-namespaces/api/v1/query', ORDERS),
  ],
  [
    'all-namespaces as a parameter',
    '403 tenant_denied',
    get('/api/v1/query', { ...ORDERS, namespace: 'all-namespaces' }),
  ],
  [
    'all-namespaces in a header',
    '403 tenant_denied',
    withHeaders(get('/api/v1/query', ORDERS), { 'X-Scope-OrgID': 'all-namespaces' }),
  ],
];

/** Other spellings of the prefix for the whole cluster, which the attacker may not read. */
export const CLUSTER_SPELLINGS: readonly Attack[] = [
  ...[
    '/all-namespaces',
    '/all-namespaces/',
    '/all-namespaces//api/v1/query',
    '//all-namespaces/api/v1/query',
    '/All-Namespaces/api/v1/query',
    '/all%2dnamespaces/api/v1/query',
    '/all-namespaces%2fapi/v1/query',
    '/all-namespaces;x=y/api/v1/query',
    '/all-namespaces/./api/v1/query',
    '/all-namespaces/../api/v1/query',
    '/x/../all-namespaces/api/v1/query',
    '/all_namespaces/api/v1/query',
    '/all-namespaces/all-namespaces/api/v1/query',
    '/all-namespaces/namespaces/team-b/api/v1/query',
    '/namespaces/team-a/all-namespaces/api/v1/query',
    '/namespaces/all-namespaces/../../all-namespaces/api/v1/query',
  ].map((path) => row(16, `the path ${path}`, '404 route_unknown', get(path, ORDERS), UNGUARDED)),
  elsewhere(
    16,
    'the whole cluster where it is not offered',
    '404 route_unknown',
    test('http/cluster-wide.test.ts', 'knows no such path'),
  ),
];

/** The whole cluster, asked for by somebody who may not read it. */
export const CLUSTER_DENIALS: readonly Attack[] = [
  ...DENIALS.map(([what, answer, question]) => row(52, what, answer, question, UNGUARDED)),
  elsewhere(
    52,
    'rights in every namespace, taken together for one in all of them',
    '403 cluster_denied',
    test('http/cluster-wide.test.ts', 'is refused to whoever may read every namespace by itself'),
    test('real/access/cluster-wide.test.ts', 'is not what rights in every namespace add up to'),
  ),
  elsewhere(
    52,
    'a verdict on one class of endpoints, used for another',
    'each is asked about by its own attributes',
    test(
      'access/read-authorizers.test.ts',
      'asks for what the class asks for, and never takes a verdict of another',
    ),
  ),
];
