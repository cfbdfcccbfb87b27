import { describe, expect, it } from '@jest/globals';
import { matchRoute } from '../../frontend/http/routes.ts';
import { matchWebUi, WEB_UI_ROUTES } from '../../frontend/http/web-ui-routes.ts';

const tenants = ['team-a'];

describe('matchWebUi', () => {
  it.each(['/graph', '/alerts', '/rules'])('finds %s, which is one page upstream', (path) => {
    expect(matchWebUi({ path, tenants })).toMatchObject({
      route: { name: 'ui_page', shape: 'webUi', methods: ['GET'] },
      upstreamPath: '/graph',
    });
  });

  it.each([
    '/favicon.ico',
    '/static/js/main.83209ede.js',
    '/static/js/787.a1b2c3d4.chunk.js',
    '/static/css/main.17d667f4.css',
    '/static/media/codicon.b3726f0165bf67ac6849.ttf',
    '/static/media/logo-dark_2.png',
  ])('finds %s', (path) => {
    expect(matchWebUi({ path, tenants })).toMatchObject({
      route: { name: 'ui_file', shape: 'webUi', methods: ['GET'] },
      upstreamPath: path,
    });
  });

  it.each(['/api/v1/stores', '/api/v1/status/flags'])('answers %s itself', (path) => {
    expect(matchWebUi({ path, tenants })?.route.shape).toBe('local');
  });

  it.each([
    '',
    '/',
    '/graph/',
    '/Graph',
    '/graph.html',
    '/graph;x=y',
    '/%67raph',
    '//graph',
    '/./graph',
    '/new/graph',
    '/classic/graph',
    '/stores',
    '/targets',
    '/status',
    '/flags',
    '/config',
    '/tsdb-status',
    '/service-discovery',
    '/blocks',
    '/loaded',
    '/global',
    '/manifest.json',
    '/asset-manifest.json',
    '/static',
    '/static/',
    '/static/js',
    '/static/js/',
    '/static/js/.js',
    '/static/js/..js',
    '/static/js/main..js',
    '/static/js/.main.js',
    '/static/js/main.js/',
    '/static/js/main.js.map',
    '/static/js/main.js.LICENSE.txt',
    '/static/js/a/main.js',
    '/static/js/../css/main.css',
    '/static/js/../../api/v1/query',
    '/static/js/..%2f..%2fapi%2fv1%2fquery.js',
    '/static/js/%2e%2e/main.js',
    '/static/js/main%2ejs',
    '/static/js/main.js%00',
    '/static/js/main.js%0a',
    '/static/js/main.js\n',
    '/static/js/main.js?x',
    '/static/js/main.js#x',
    '/static/js/main.css',
    '/static/js/ma in.js',
    '/static/js/mäin.js',
    '/static/js\\main.js',
    '/static/css/main.js',
    '/static/media/main.js',
    '/static/media/favicon.ico',
    '/static/media/index.cd351d7c31d0d3fccf96.cjs',
    '/static/media/page.html',
    '/static/other/main.js',
    '/static/js/__proto__',
    '/static/js/constructor.js.constructor',
    `/static/js/${'a'.repeat(200)}.js`,
    '/api/v1/query',
    '/api/v1/stores/',
    '/api/v1/status/config',
    '/api/v1/status/runtimeinfo',
    '/api/v1/targets',
    '/api/v1/query_explain',
    '/-/reload',
    '/-/ready',
    '/metrics',
    '/debug/pprof/heap',
    '/federate',
    '__proto__',
    'constructor',
  ])('knows no %j', (path) => {
    expect(matchWebUi({ path, tenants })).toBeUndefined();
  });

  it('knows nothing without the prefix of a tenant', () => {
    for (const { path } of WEB_UI_ROUTES) expect(matchWebUi({ path })).toBeUndefined();
    expect(matchWebUi({ path: '/static/js/main.js' })).toBeUndefined();
  });
});

describe('the routes of the web UI', () => {
  it('are in no other table, take GET alone and let no parameter through', () => {
    for (const route of WEB_UI_ROUTES) {
      expect(matchRoute(route.path)).toBeUndefined();
      expect(route).toMatchObject({ methods: ['GET'], parameters: {}, required: [] });
    }
  });
});
