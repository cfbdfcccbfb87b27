import { describe, expect, it } from '@jest/globals';
import {
  BASIC_OFFER,
  matchRoute,
  offeredMethods,
  type RouteName,
  ROUTES,
} from '../../frontend/http/routes.ts';

describe('matchRoute', () => {
  it.each(ROUTES.filter((route) => !route.path.includes('<')))('finds $path', (route) => {
    const upstreamPath = route.upstreamPath ?? route.path;
    expect(matchRoute(route.path)).toEqual({ route, upstreamPath });
  });

  it('writes the label name of the values route anew', () => {
    expect(matchRoute('/api/v1/label/U__http_2e_code/values')).toMatchObject({
      route: { name: 'label_values' },
      upstreamPath: '/api/v1/label/http.code/values',
    });
  });

  it.each([
    '',
    '/',
    '*',
    '/api/v1/%71uery',
    '//api/v1/query',
    '/api//v1/query',
    '/./api/v1/query',
    '/api/v1/../v1/query',
    '/api/v1/%2e%2e/v1/query',
    '/api/v1%2fquery',
    '\\api\\v1\\query',
    '/api/v1/query/',
    '/api/v1/query;x=y',
    '/api/v1/Query',
    '/api/v1/query%00',
    '/api/v1/query#x',
    'http://victim/api/v1/query',
    '/api/v1/label//values',
    '/api/v1/label/values',
    '/api/v1/label/../values',
    '/api/v1/label/a/b/values',
    '/api/v1/label/%2e%2e/status/config/values',
    '/api/v1/label/a/values/',
    '/api/v1/labels/values',
    '/api/v1/admin/tsdb/delete_series',
    '/api/v1/read',
    '/api/v1/write',
    '/api/v1/receive',
    '/api/v1/status/config',
    '/api/v1/status/flags',
    '/api/v1/status/tsdb',
    '/api/v1/targets',
    '/api/v1/stores',
    '/api/v1/alertmanagers',
    '/-/reload',
    '/-/quit',
    '/-/explain/',
    '/explain',
    '/api/v1/explain',
    '/-/healthy',
    '/metrics',
    '/federate/',
    '/api/v1/targets/metadata',
    '/api/v1/rules/',
    '/api/v2/alerts/groups/',
    '/api/v2/receivers',
    '/api/v2/silence',
    '/api/v2/silence/',
    '/api/v2/silence/1',
    '/api/v2/silence/0B6D6E3A-1C2D-4E5F-8A9B-0123456789AB',
    '/api/v2/silence/0b6d6e3a-1c2d-4e5f-8a9b-0123456789ab/',
    '/api/v2/silence/../status',
    '/api/v1/alerts/groups',
    '/debug/pprof/heap',
    '/__proto__',
    '__proto__',
    'constructor',
  ])('knows no %j', (path) => {
    expect(matchRoute(path)).toBeUndefined();
  });
});

describe('the route table', () => {
  it('forwards no parameter that widens or redirects a read', () => {
    const forwarded = new Set(
      ROUTES.flatMap(({ parameters, listParameters = {} }) =>
        Object.keys({ ...parameters, ...listParameters }),
      ),
    );
    expect([...forwarded].toSorted()).toEqual([
      'active',
      'dedup',
      'end',
      'exclude_alerts',
      'filter',
      'inhibited',
      'limit',
      'lookback_delta',
      'max_source_resolution',
      'metric',
      'muted',
      'partial_response',
      'receiver',
      'rule_group[]',
      'rule_name[]',
      'silenced',
      'start',
      'stats',
      'step',
      'time',
      'timeout',
      'type',
      'unprocessed',
    ]);
  });

  it('filters every answer that the upstream does not narrow to the scope', () => {
    const unfiltered = ROUTES.filter((route) => route.filter === undefined);
    expect(unfiltered.filter((route) => route.shape === 'filtered')).toEqual([]);
    expect(unfiltered.map((route) => route.name)).toEqual([
      'query',
      'query_range',
      'format_query',
      'parse_query',
      'series',
      'labels',
      'label_values',
      'buildinfo',
      'explain',
      'federate',
      'alertmanager_status',
    ]);
  });

  it('names each route once', () => {
    expect(new Set(ROUTES.map((route) => route.name)).size).toBe(ROUTES.length);
    expect(new Set(ROUTES.map((route) => route.path)).size).toBe(ROUTES.length);
  });
});

describe('offeredMethods', () => {
  const offered = (changes: Partial<typeof BASIC_OFFER>): ReadonlyMap<RouteName, string> =>
    new Map(
      ROUTES.map((route): [RouteName, string] => [
        route.name,
        offeredMethods(route, { ...BASIC_OFFER, ...changes }).join(),
      ]).filter(([, methods]) => methods !== ''),
    );
  const basic = offered({});

  it('knows nothing of Alertmanager and federation unless they are configured', () => {
    expect([...basic.keys()].filter((it) => /federate|alertmanager|silence/.test(it))).toEqual([]);
    expect([...offered({ federate: true }).keys()]).toEqual(
      expect.arrayContaining([...basic.keys(), 'federate']),
    );
    expect(offered({ federate: true }).size).toBe(basic.size + 1);
  });

  it('offers to read silences where there is an Alertmanager, and to write them by a switch', () => {
    expect(offered({ silenceWrites: true })).toEqual(basic);
    const reading = offered({ alertmanager: true });
    expect(reading.size).toBe(basic.size + 5);
    expect([reading.get('silences'), reading.get('silence')]).toEqual(['GET', 'GET']);
    const writing = offered({ alertmanager: true, silenceWrites: true });
    expect([writing.get('silences'), writing.get('silence')]).toEqual(['GET,POST', 'GET,DELETE']);
  });
});
