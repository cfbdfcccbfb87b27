import { ROUTES } from '../../frontend/http/routes.ts';
import {
  type Fields,
  formOf,
  get,
  post,
  type Question,
  withHeaders,
} from '../real/query-frontend/support/question.ts';
import { RANGE, TIME } from '../real/query-frontend/support/tenant-series.ts';

/** How Grafana sends a request. */
export type Manner =
  | 'GET'
  | 'POST'
  /** As suggestions are asked for: all parameters in the URL, and no body. */
  | 'empty POST';

/** What a request gets. */
export type Expected =
  /** An answer of the upstream, asked with these PromQL texts. */
  | { readonly kind: 'upstream'; readonly sends: readonly string[] }
  /**
   * An answer that is built anew out of the upstream's: what it holds when nothing is there, and
   * whether the real upstream has something of the tenant.
   */
  | { readonly kind: 'filtered'; readonly data: unknown; readonly showsOwn: boolean }
  /** An answer of our own. */
  | { readonly kind: 'local' }
  /** A refusal. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string };

/** One request of Grafana. */
export interface GrafanaRequest {
  /** The kind of request: 1 to 25. Some kinds have several. */
  readonly row: number;
  readonly what: string;
  /** The path behind the URL of the data source. */
  readonly path: string;
  readonly fields: Fields;
  readonly manners: readonly Manner[];
  readonly expected: Expected;
  readonly headers: Fields;
  /** Whether the endpoint is in the route table; until it is, the answer is 404. */
  readonly isServed: boolean;
}

/** The URL of a tenant's data source, behind the address of the frontend. */
export const DATA_SOURCE = '/namespaces/team-a';

/** Headers that Grafana adds, none of which is for us. */
export const GRAFANA_HEADERS: Fields = {
  'User-Agent': 'Grafana/12.3.0',
  Accept: 'application/json, text/plain, */*',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'X-Grafana-User': 'jane',
  'X-Grafana-Org-Id': '1',
  'X-Grafana-Id': 'eyJhbGciOiJFUzI1NiJ9.e30.x',
  'X-Id-Token': 'eyJhbGciOiJSUzI1NiJ9.e30.x',
  'X-Dashboard-Uid': 'orders',
  'X-Panel-Id': '7',
  'X-Panel-Plugin-Id': 'timeseries',
  'X-Datasource-Uid': 'metrics',
  'X-Query-Group-Id': 'a1',
  'X-Grafana-From-Expr': 'true',
  'X-Grafana-Referer': 'https://grafana.example/d/orders',
  'X-Forwarded-For': '10.1.2.3',
  Cookie: 'grafana_session=x',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
};

/** Parameters that an editor of a data source may add to every request. */
export const CUSTOM_PARAMETERS: Fields = {
  namespace: 'team-a',
  stats: 'all',
  max_samples_processed_warning_threshold: '1000000',
  max_samples_processed_error_threshold: '10000000',
};

const BOTH = ['GET', 'POST'] as const;
const NOW: Fields = { time: `${TIME}.123` };
const SPAN: Fields = { start: RANGE['start'], end: RANGE['end'] };
const M = 'namespace="team-a"';
const SAMPLES: Fields = { ...RANGE, step: '15.000' };

/** Every request of Grafana, in the order of the kinds. */
export const GRAFANA_REQUESTS: readonly GrafanaRequest[] = [
  asked(1, 'the health check of a data source', '/api/v1/query', { query: '1+1', time: '4' }, [
    '1 + 1',
  ]),
  {
    ...asked(2, 'the detection of the kind of server', '/api/v1/status/buildinfo', {}, [], ['GET']),
    expected: { kind: 'local' },
  },
  filtered(3, 'the rules of recordings', '/api/v1/rules', {}, { groups: [] }, ['GET'], true),
  exemplars(4, 'the detection of exemplars, with times in milliseconds', {
    query: 'test',
    start: String(TIME * 1_000 - 60_000),
    end: String(TIME * 1_000),
  }),
  asked(
    5,
    'the metrics of the editor',
    '/api/v1/label/__name__/values',
    { ...SPAN, limit: '40000' },
    [`{${M}}`],
    ['GET', 'empty POST'],
  ),
  asked(
    6,
    'the labels of the editor',
    '/api/v1/labels',
    { ...SPAN, limit: '40000' },
    [`{${M}}`],
    [...BOTH, 'empty POST'],
  ),
  asked(
    6,
    'the labels of a metric',
    '/api/v1/labels',
    { ...SPAN, limit: '40000', 'match[]': 'shop_orders' },
    [`shop_orders{${M}}`],
    [...BOTH, 'empty POST'],
  ),
  asked(
    6,
    'labels without a limit',
    '/api/v1/labels',
    { ...SPAN, limit: '0' },
    [`{${M}}`],
    [...BOTH, 'empty POST'],
  ),
  asked(
    7,
    'the values of a label',
    '/api/v1/label/shop/values',
    { ...SPAN, limit: '40000', 'match[]': '{job="shop"}' },
    [`{job="shop",${M}}`],
    ['GET', 'empty POST'],
  ),
  asked(
    7,
    'the values of a label beyond ASCII, in percent escapes',
    '/api/v1/label/caf%C3%A9.size/values',
    SPAN,
    [`{${M}}`],
    ['GET', 'empty POST'],
  ),
  asked(
    7,
    'the values of a label beyond ASCII, in the form of Prometheus',
    '/api/v1/label/U__caf_e9__2e_size/values',
    SPAN,
    [`{${M}}`],
    ['GET', 'empty POST'],
  ),
  asked(
    8,
    'all series, in a data source that asks for series',
    '/api/v1/series',
    { ...SPAN, 'match[]': '{__name__!=""}', limit: '40000' },
    [`{__name__!="",${M}}`],
  ),
  filtered(9, 'the help texts of metrics', '/api/v1/metadata', { limit: '40000' }, {}),
  filtered(
    9,
    'the help text of one metric',
    '/api/v1/metadata',
    { limit: '1', metric: 'shop_orders' },
    {},
  ),
  asked(
    10,
    'a panel',
    '/api/v1/query_range',
    { query: 'sum by (shop) (rate(shop_orders[1m]))', ...SAMPLES },
    [`sum by (shop) (rate(shop_orders{${M}}[1m]))`],
  ),
  asked(
    10,
    'a panel with a time-out',
    '/api/v1/query_range',
    { query: 'shop_orders', ...SAMPLES, timeout: '60s' },
    [`shop_orders{${M}}`],
  ),
  asked(
    10,
    'a panel with a query of several lines',
    '/api/v1/query_range',
    { query: 'shop_orders\n  # all of them\n> 0\n', ...SAMPLES },
    [`shop_orders{${M}} > 0`],
  ),
  asked(11, 'a table', '/api/v1/query', { query: 'shop_orders', ...NOW, timeout: '30s' }, [
    `shop_orders{${M}}`,
  ]),
  asked(11, 'a number', '/api/v1/query', { query: 'scalar(shop_orders)', ...NOW }, [
    `scalar(shop_orders{${M}})`,
  ]),
  asked(11, 'a text', '/api/v1/query', { query: '"shop"', ...NOW }, ['"shop"']),
  asked(11, 'a range as a table', '/api/v1/query', { query: 'shop_orders[1m]', ...NOW }, [
    `shop_orders{${M}}[1m]`,
  ]),
  exemplars(12, 'the exemplars of a panel', { query: 'shop_orders', ...SPAN }),
  asked(
    13,
    'a variable of label names',
    '/api/v1/labels',
    SPAN,
    [`{${M}}`],
    [...BOTH, 'empty POST'],
  ),
  asked(
    14,
    'a variable of label values, by a bare metric',
    '/api/v1/label/shop/values',
    { ...SPAN, 'match[]': 'shop_orders' },
    [`shop_orders{${M}}`],
    ['GET', 'empty POST'],
  ),
  asked(
    15,
    'a variable of metrics, by a pattern',
    '/api/v1/label/__name__/values',
    { ...SPAN, 'match[]': '{__name__=~"shop_.*"}' },
    [`{__name__=~"shop_.*",${M}}`],
    ['GET', 'empty POST'],
  ),
  asked(16, 'a variable of results', '/api/v1/query', { query: 'topk(1, shop_orders)', ...NOW }, [
    `topk(1, shop_orders{${M}})`,
  ]),
  asked(
    17,
    'a variable of series, without a limit',
    '/api/v1/series',
    { ...SPAN, 'match[]': 'shop_orders' },
    [`shop_orders{${M}}`],
  ),
  asked(
    18,
    'the keys of ad-hoc filters',
    '/api/v1/labels',
    { ...SPAN, 'match[]': ['shop_orders{job="shop"}', 'up'] },
    [`shop_orders{job="shop",${M}}`, `up{${M}}`],
    [...BOTH, 'empty POST'],
  ),
  asked(
    18,
    'the values of ad-hoc filters',
    '/api/v1/label/shop/values',
    { ...SPAN, 'match[]': ['shop_orders{job="shop"}', 'shop_info'] },
    [`shop_orders{job="shop",${M}}`, `shop_info{${M}}`],
    ['GET', 'empty POST'],
  ),
  asked(
    19,
    'suggestions of labels',
    '/api/v1/labels',
    { ...SPAN, limit: '100', 'match[]': '{job="shop"}' },
    [`{job="shop",${M}}`],
    ['empty POST'],
  ),
  asked(
    19,
    'suggestions of values',
    '/api/v1/label/shop/values',
    { ...SPAN, limit: '100', 'match[]': '{job="shop"}' },
    [`{job="shop",${M}}`],
    ['empty POST'],
  ),
  asked(
    20,
    'an annotation',
    '/api/v1/query_range',
    { query: 'shop_orders > 0', ...SAMPLES, step: '60' },
    [`shop_orders{${M}} > 0`],
  ),
  {
    ...asked(21, 'an alert of Grafana', '/api/v1/query', { query: 'max(shop_orders)', ...NOW }, [
      `max(shop_orders{${M}})`,
    ]),
    headers: alertHeaders(),
  },
  {
    ...asked(
      21,
      'an alert of Grafana over a range',
      '/api/v1/query_range',
      { query: 'max(shop_orders)', ...SAMPLES },
      [`max(shop_orders{${M}})`],
    ),
    headers: alertHeaders(),
  },
  filtered(
    22,
    'the list of alerting rules',
    '/api/v1/rules',
    { type: 'alert', group_limit: '40' },
    { groups: [] },
    ['GET'],
    true,
  ),
  filtered(
    22,
    'one rule by its name',
    '/api/v1/rules',
    { type: 'alert', 'rule_name[]': ['ShopDown', 'ShopSlow'], 'match[]': '{job="shop"}' },
    { groups: [] },
  ),
  filtered(22, 'the alerts', '/api/v1/alerts', {}, { alerts: [] }, ['GET'], true),
  ...[
    '/api/v1/admin/tsdb/delete_series',
    '/-/reload',
    '/federate',
    '/api/v1/status/config',
    '/api/v1/status/flags',
    '/api/v1/targets',
    '/api/v1/stores',
    '/config/v1/rules',
    '/api/v1/../../../team-b/api/v1/query',
    '/../team-b/api/v1/query',
  ].map((path) => refused(23, `any other path, such as ${path}`, path, {}, 404, 'route_unknown')),
  refused(
    23,
    'a foreign namespace, which must not be tried again by GET',
    '/api/v1/query',
    { query: 'shop_orders', namespace: ['team-a', 'team-b'] },
    400,
    'tenant_sources_differ',
  ),
  ...[
    '/api/v2/status',
    '/api/v2/alerts',
    '/api/v2/alerts/groups',
    '/api/v2/silences',
    '/api/v2/silence/01234567-89ab-cdef-0123-456789abcdef',
  ].map((path) =>
    refused(24, `${path} of an Alertmanager, where there is none`, path, {}, 404, 'route_unknown', [
      'GET',
    ]),
  ),
  asked(
    25,
    'parameters that nobody knows',
    '/api/v1/query',
    { query: 'shop_orders', ...NOW, ...CUSTOM_PARAMETERS, 'x-custom[]': ['1', '2'], cache: 'off' },
    [`shop_orders{${M}}`],
  ),
];

/** The number of the last kind. */
export const LAST_ROW = 25;

/**
 * The request as Grafana sends it.
 *
 * @param custom - Custom parameters of the data source. They come twice: Grafana's frontend adds them
 *   and so does its backend, and of a POST some stand in the URL and some in the form.
 */
export function sentBy(manner: Manner, request: GrafanaRequest, custom: Fields = {}): Question {
  const { fields, headers } = request;
  const twice = [formOf(custom), formOf(custom)].filter((it) => it !== '').join('&');
  const path = `${DATA_SOURCE}${request.path}`;
  const inUrl = (url: string): string =>
    twice === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${twice}`;
  const all = { ...GRAFANA_HEADERS, ...headers };
  switch (manner) {
    case 'GET':
      return withHeaders({ path: inUrl(get(path, fields).path) }, all);
    case 'POST': {
      const form = { ...custom, ...fields };
      return withHeaders({ ...post(inUrl(path), form) }, all);
    }
    case 'empty POST': {
      const type = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '0' };
      return withHeaders(
        { method: 'POST', path: inUrl(get(path, fields).path), headers: type },
        all,
      );
    }
    default:
      throw new TypeError(`${String(manner satisfies never)} is no manner`);
  }
}

function asked(
  row: number,
  what: string,
  path: string,
  fields: Fields,
  sends: readonly string[],
  manners: readonly Manner[] = BOTH,
): GrafanaRequest {
  return {
    row,
    what,
    path,
    fields,
    manners,
    expected: { kind: 'upstream', sends },
    headers: {},
    isServed: true,
  };
}

function refused(
  row: number,
  what: string,
  path: string,
  fields: Fields,
  status: number,
  code: string,
  manners: readonly Manner[] = BOTH,
): GrafanaRequest {
  return {
    row,
    what,
    path,
    fields,
    manners,
    expected: { kind: 'refused', status, code },
    headers: {},
    isServed: true,
  };
}

/** A request whose answer is filtered, or 404 as long as the path is not in the route table. */
function filtered(
  row: number,
  what: string,
  path: string,
  fields: Fields,
  data: unknown,
  manners: readonly Manner[] = ['GET'],
  showsOwn = false,
): GrafanaRequest {
  if (ROUTES.some((route) => route.path === path)) {
    return {
      row,
      what,
      path,
      fields,
      manners,
      expected: { kind: 'filtered', data, showsOwn },
      headers: {},
      isServed: true,
    };
  }
  return { ...refused(row, what, path, fields, 404, 'route_unknown', manners), isServed: false };
}

function exemplars(row: number, what: string, fields: Fields): GrafanaRequest {
  return filtered(row, what, '/api/v1/query_exemplars', fields, [], BOTH);
}

function alertHeaders(): Fields {
  return {
    FromAlert: 'true',
    'X-Rule-Name': 'ShopDown',
    'X-Rule-Folder': 'Shop',
    'X-Rule-Source': 'ui',
    'X-Cache-Skip': 'true',
  };
}
