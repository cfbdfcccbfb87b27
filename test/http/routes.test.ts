import { describe, expect, it } from '@jest/globals';
import { matchRoute, ROUTES } from '../../frontend/http/routes.ts';

describe('matchRoute', () => {
  it.each(ROUTES.filter((route) => !route.path.includes('<')))('finds $path', (route) => {
    expect(matchRoute(route.path)).toEqual({ route, upstreamPath: route.path });
  });

  it('writes the label name of the values route anew', () => {
    expect(matchRoute('/api/v1/label/http.code/values')).toMatchObject({
      route: { name: 'label_values' },
      upstreamPath: '/api/v1/label/U__http_2e_code/values',
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
    '/-/healthy',
    '/metrics',
    '/federate',
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
    const forwarded = new Set(ROUTES.flatMap((route) => Object.keys(route.parameters)));
    expect([...forwarded].toSorted()).toEqual([
      'dedup',
      'end',
      'limit',
      'lookback_delta',
      'max_source_resolution',
      'partial_response',
      'start',
      'stats',
      'step',
      'time',
      'timeout',
    ]);
  });

  it('names each route once', () => {
    expect(new Set(ROUTES.map((route) => route.name)).size).toBe(ROUTES.length);
    expect(new Set(ROUTES.map((route) => route.path)).size).toBe(ROUTES.length);
  });
});
