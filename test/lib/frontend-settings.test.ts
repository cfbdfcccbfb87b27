import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  QUERY_FRONTEND_SCHEMA,
  type QueryFrontendConfig,
} from '../../frontend/config/query-frontend.ts';
import {
  type RuntimeBundle,
  RuntimeCode,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
} from '../../lib/index.ts';
import { parseTenancyLabel } from '../../tenant/index.ts';
import { type ConfigSetting, configSettings, documentPath } from './support/config-settings.ts';
import { EVERY_PROPERTY } from './support/every-frontend.ts';
import { at, PLACEHOLDER, platformChart } from './support/manifests.ts';
import { QUERIER } from './support/querier.ts';

const SETTINGS = configSettings(QUERY_FRONTEND_SCHEMA);

/** Settings without a property, and why they have none. */
const WITHOUT_PROPERTY: Readonly<Record<string, string>> = {
  apiVersion: 'is that of the runtime which the construct ships',
  kind: 'says that this is a query frontend',
  'listener.address': 'is every address of the pod; network policies say who gets there',
  'listener.tls.certFile': 'is where the construct mounts what `certificate` names',
  'listener.tls.keyFile': 'is where the construct mounts what `certificate` names',
  'operations.address': 'is every address of the pod; network policies let Prometheus alone there',
  'operations.port': 'is fixed, because probes, network policies and monitors refer to it',
  'access(kubernetes).kind': 'is the only one that a cluster should use',
  'access(kubernetes).apiServer.url': 'is where Kubernetes puts it in every pod',
  'access(kubernetes).apiServer.caFile': 'is where Kubernetes mounts it',
  'access(kubernetes).apiServer.tokenFile': 'is where Kubernetes mounts it',
  'access(staticTokens).kind': 'is for local use; a cluster has an API server to ask',
  'access(staticTokens).file': 'is for local use; a cluster has an API server to ask',
  'access(staticTokens).unsafeInCluster': 'is for local use; a cluster has an API server to ask',
};

const WITH_UI: RuntimeBundle = { ...PLACEHOLDER, role: 'query-frontend-ui' };

/** Properties that change every setting which has one. */
const PROPERTIES: readonly Partial<TenantQueryFrontendProps>[] = [
  EVERY_PROPERTY,
  { ui: { kind: 'thanos' }, code: RuntimeCode.configMap(WITH_UI) },
  { features: { review: 'self' } },
  { unsafePlainHttp: true },
  { upstream: { ...QUERIER, tenancyLabel: parseTenancyLabel('tenant') ?? QUERIER.tenancyLabel } },
];

function configOf(props: Partial<TenantQueryFrontendProps>): QueryFrontendConfig {
  return new TenantQueryFrontend(platformChart(), 'frontend', {
    upstream: QUERIER,
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...props,
  }).config;
}

describe('every setting of the runtime', () => {
  const plain = configOf({});
  const others = PROPERTIES.map(configOf);
  // In a list or a group that is only there with properties, the default is no proof of one.
  const hasProperty = ({ fallback, path }: ConfigSetting): boolean => {
    const where = documentPath(path);
    if (path.includes('(staticTokens)')) return false;
    const unchanged = [fallback, at(plain, ...where)];
    return others.some((it) => {
      const value = at(it, ...where);
      return !unchanged.some((other) => isDeepStrictEqual(value, other));
    });
  };

  it('has a property of the construct, or a reason to have none', () => {
    const without = SETTINGS.filter((it) => !hasProperty(it)).map(({ path }) => path);
    expect(without).toEqual(Object.keys(WITHOUT_PROPERTY));
  });

  it('is found by the walk, deep in groups, lists and alternatives', () => {
    const paths = SETTINGS.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'access(kubernetes).oidcIssuers[].caFile',
        'upstreams.rules.tls.serverName',
        'scoping.features.promql-duration-expr',
        'ui.kind',
      ]),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });
});
