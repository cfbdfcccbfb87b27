import { describe, expect, it } from '@jest/globals';
import type { Access } from '../../frontend/access/access.ts';
import { ENDPOINT_CLASSES } from '../../frontend/config/access-attributes.ts';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import {
  parseQueryFrontendConfig,
  printQueryFrontendConfig,
  type QueryFrontendConfig,
  SEED_ATTRIBUTES,
} from '../../frontend/config/query-frontend.ts';
import { parseStaticTokens } from '../../frontend/config/static-tokens.ts';
import { accessOfRoute, attributesOf, CLASS_OF } from '../../frontend/http/endpoint-classes.ts';
import { type Route, ROUTES } from '../../frontend/http/routes.ts';
import { accessOf as fakeAccess } from '../http/harness/fake-access.ts';

const RULES = {
  verb: 'get',
  group: 'monitoring.coreos.com',
  resource: 'prometheusrules',
  subresource: '',
};

function parse(access: object): ReturnType<typeof parseQueryFrontendConfig> {
  return parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://thanos:9090' },
    access: { kind: 'kubernetes', ...access },
  });
}

function configOf(access: object): QueryFrontendConfig {
  const parsed = parse(access);
  if (parsed.ok) return parsed.value;
  throw new TypeError(parsed.rejection.map(describeConfigProblem).join(', '));
}

function accessOf(access: object): Extract<QueryFrontendConfig['access'], { kind: 'kubernetes' }> {
  const { access: config } = configOf(access);
  if (config.kind !== 'kubernetes') throw new TypeError('another kind');
  return config;
}

function paths(access: object): readonly string[] {
  const parsed = parse(access);
  return parsed.ok ? [] : parsed.rejection.map(({ path }) => path);
}

describe('the attributes of access', () => {
  it('are the same for all endpoints, and not asked for all namespaces, by default', () => {
    expect(accessOf({})).toMatchObject({
      attributes: SEED_ATTRIBUTES,
      attributesByEndpoint: {},
      clusterWide: { enabled: false },
    });
  });

  it('may be about one object', () => {
    expect(accessOf({ attributes: { ...RULES, name: 'shop' } }).attributes.name).toBe('shop');
    expect(accessOf({ attributes: RULES }).attributes).not.toHaveProperty('name');
    expect(paths({ attributes: { ...RULES, name: '' } })).not.toEqual([]);
  });

  it.each(ENDPOINT_CLASSES)('may differ for %s, by name or in full', (name) => {
    const { attributesByEndpoint } = accessOf({ attributesByEndpoint: { [name]: 'openshift' } });
    expect(attributesByEndpoint).toEqual({
      [name]: { verb: 'get', group: 'metrics.k8s.io', resource: 'pods', subresource: '' },
    });
    expect(accessOf({ attributesByEndpoint: { [name]: RULES } }).attributesByEndpoint).toEqual({
      [name]: RULES,
    });
  });

  it('know no other classes, and no namespace', () => {
    expect(paths({ attributesByEndpoint: { silences: RULES } })).toEqual([
      'access.attributesByEndpoint.silences',
    ]);
    expect(paths({ attributes: { ...RULES, namespace: 'team-a' } })).not.toEqual([]);
    expect(paths({ clusterWide: { enabled: true, attributes: { ...RULES, namespace: '' } } })).not.toEqual([]); // prettier-ignore
    expect(paths({ clusterWide: { enabled: 'yes' } })).toEqual(['access.clusterWide.enabled']);
  });

  it('are printed as they are read', () => {
    const config = configOf({
      attributesByEndpoint: { rules: { ...RULES, name: 'shop' } },
      clusterWide: { enabled: true, attributes: RULES },
    });
    expect(parseQueryFrontendConfig(JSON.parse(printQueryFrontendConfig(config)))).toEqual({
      ok: true,
      value: config,
    });
  });
});

describe('what an endpoint asks for', () => {
  it('is known of every route', () => {
    const classes = new Set<string>(ENDPOINT_CLASSES);
    for (const { name } of ROUTES) expect(classes).toContain(CLASS_OF[name]);
    expect(new Set(Object.values(CLASS_OF))).toEqual(classes);
  });

  it('is decided by nobody for a route that is in no class', () => {
    const plain = fakeAccess({});
    const byClass: Access = { ...plain, forEndpoint: () => plain };
    for (const access of [plain, byClass]) {
      expect(accessOfRoute(access, { name: 'query' })).toBe(plain);
      for (const name of ['none', 'constructor']) {
        const unknown: Pick<Route, 'name'> = JSON.parse(JSON.stringify({ name }));
        expect(() => accessOfRoute(access, unknown)).toThrow(TypeError);
      }
    }
  });

  it('is that of its class, in a namespace and in all of them', () => {
    const access = accessOf({ attributesByEndpoint: { rules: RULES } });
    expect(attributesOf(access, 'rules')).toEqual({ inNamespace: RULES, inCluster: RULES });
    expect(attributesOf(access, 'query')).toEqual({
      inNamespace: SEED_ATTRIBUTES,
      inCluster: SEED_ATTRIBUTES,
    });
  });

  it('is in all namespaces what is written for just that', () => {
    const access = accessOf({ clusterWide: { enabled: true, attributes: RULES } });
    expect(attributesOf(access, 'query')).toEqual({
      inNamespace: SEED_ATTRIBUTES,
      inCluster: RULES,
    });
  });
});

describe('static tokens', () => {
  const entry = { token: 'secret', username: 'jane', namespaces: ['a'] };
  const document = (more: object): unknown => ({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'StaticTokens',
    tokens: [{ ...entry, ...more }],
  });

  it.each<[object, unknown]>([
    [{}, false],
    [{ clusterWide: false }, false],
    [{ clusterWide: true }, true],
  ])('read the whole cluster with %j: %s', (more, expected) => {
    const parsed = parseStaticTokens(document(more));
    expect(parsed.ok && parsed.value.tokens[0]?.clusterWide).toBe(expected);
  });

  it.each(['yes', 1, null, []])('take no %j for that', (clusterWide) => {
    expect(parseStaticTokens(document({ clusterWide })).ok).toBe(false);
  });
});
