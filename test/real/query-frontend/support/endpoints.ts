import { type Fields, get, post, type Question } from './question.ts';
import { AT, RANGE } from './tenant-series.ts';

/** A question below a prefix, such as `/namespaces/team-a`. */
export type Below = (prefix: string) => Question;

/** Every endpoint that reads series, by every method it takes. Each answer shows who is asked. */
export const READS: readonly (readonly [name: string, question: Below])[] = [
  ...byGetAndPost('query', '/api/v1/query', { query: 'shop_orders', ...AT }),
  ...byGetAndPost('query_range', '/api/v1/query_range', { query: 'shop_orders', ...RANGE }),
  ...byGetAndPost('series', '/api/v1/series', { 'match[]': 'shop_orders' }),
  ...byGetAndPost('labels', '/api/v1/labels', {}),
  ['GET label values', (prefix) => get(`${prefix}/api/v1/label/shop/values`)],
  // Grafana sends this one without a body.
  [
    'POST label values',
    (prefix) => ({ method: 'POST', path: `${prefix}/api/v1/label/shop/values` }),
  ],
];

function byGetAndPost(
  name: string,
  path: string,
  fields: Fields,
): readonly (readonly [string, Below])[] {
  return [
    [`GET ${name}`, (prefix) => get(prefix + path, fields)],
    [`POST ${name}`, (prefix) => post(prefix + path, fields)],
  ];
}
