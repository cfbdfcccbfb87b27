import { describe, expect, it } from '@jest/globals';
import { ATTRIBUTE_PRESETS, SEED_ATTRIBUTES } from '../../frontend/config/query-frontend.ts';
import {
  type AccessFeatures,
  type QueryUpstream,
  RuntimeCode,
  SynthError,
  TenantQueryFrontend,
} from '../../lib/index.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import {
  AggregatedReaders,
  ClusterReaders,
  type ClusterReadersProps,
  Subject,
  Tenant,
} from '../../tenant/onboarding/index.ts';
import { at, type Manifest, manifestsOf, only, PLACEHOLDER, platformChart } from './support/manifests.ts'; // prettier-ignore
import { SCRAPER } from './support/tenant.ts';

const OPENSHIFT = ATTRIBUTE_PRESETS['openshift'] ?? SEED_ATTRIBUTES;
const SEED_RULE = { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] };
const PODS_RULE = { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['get'] };
const NAMED = { ...OPENSHIFT, name: 'shop' };
const NAME = 'prometheus-tenancy-kit-cluster-reader';
const UPSTREAM: QueryUpstream = {
  queryUrl: 'http://thanos-querier:10902',
  pods: { component: 'thanos-querier', podLabels: { app: 'thanos-querier' }, metricsPorts: [] },
  queryPort: { name: 'http', port: 10_902 },
  tenancyLabel: DEFAULT_TENANCY_LABEL,
};

interface Synthesised {
  readonly frontend: TenantQueryFrontend;
  readonly manifests: readonly Manifest[];
}

function synth(features: AccessFeatures, props: Partial<ClusterReadersProps> = {}): Synthesised {
  const chart = platformChart();
  const frontend = new TenantQueryFrontend(chart, 'frontend', {
    upstream: UPSTREAM,
    code: RuntimeCode.configMap(PLACEHOLDER),
    features,
  });
  void new ClusterReaders(chart, 'readers', {
    frontend,
    readers: [Subject.group('platform-team'), Subject.serviceAccount('grafana', 'monitoring')],
    ...props,
  });
  return { frontend, manifests: manifestsOf(chart) };
}

describe('ClusterReaders', () => {
  it('bind those who are named to what the frontend asks for, in all namespaces', () => {
    const { manifests } = synth({ clusterWide: { enabled: true } });
    const role = only(manifests, 'ClusterRole', NAME);
    expect(at(role, 'rules')).toEqual([SEED_RULE]);
    expect(role.metadata.namespace).toBeUndefined();
    const binding = only(manifests, 'ClusterRoleBinding', NAME);
    expect(at(binding, 'roleRef')).toMatchObject({ kind: 'ClusterRole', name: NAME });
    expect(at(binding, 'subjects')).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'platform-team' },
      { kind: 'ServiceAccount', name: 'grafana', namespace: 'monitoring' },
    ]);
    expect(binding.metadata.namespace).toBeUndefined();
  });

  it.each<[string, AccessFeatures, readonly object[]]>([
    [
      'every class of endpoints',
      { clusterWide: { enabled: true }, attributesByEndpoint: { rules: NAMED, alerts: NAMED } },
      [SEED_RULE, { ...PODS_RULE, resourceNames: ['shop'] }],
    ],
    [
      'one permission of its own',
      {
        clusterWide: { enabled: true, attributes: 'openshift' },
        attributesByEndpoint: { rules: NAMED },
      },
      [PODS_RULE],
    ],
  ])('hold %s, each once', (_what, features, rules) => {
    expect(at(only(synth(features).manifests, 'ClusterRole', NAME), 'rules')).toEqual(rules);
  });

  it.each<[string, AccessFeatures, Partial<ClusterReadersProps>, RegExp]>([
    ['a frontend that does not offer it', {}, {}, /features\.clusterWide/],
    ['one that has it switched off', { clusterWide: { enabled: false } }, {}, /clusterWide/],
    ['nobody', { clusterWide: { enabled: true } }, { readers: [] }, /is empty/],
    [
      'a ServiceAccount of no namespace',
      { clusterWide: { enabled: true } },
      { readers: [Subject.serviceAccount('grafana')] },
      /has no namespace/,
    ],
    ...['system:authenticated', 'system:serviceaccounts', 'system:unauthenticated'].map(
      (group): [string, AccessFeatures, Partial<ClusterReadersProps>, RegExp] => [
        group,
        { clusterWide: { enabled: true } },
        { readers: [Subject.group(group)] },
        /everybody could read/,
      ],
    ),
  ])('are refused for %s', (_what, features, props, message) => {
    expect(() => synth(features, props)).toThrow(SynthError);
    expect(() => synth(features, props)).toThrow(message);
  });
});

describe('a frontend with attributes by endpoint', () => {
  const features: AccessFeatures = {
    attributesByEndpoint: { rules: NAMED, federate: 'openshift' },
  };
  const RULES = [SEED_RULE, { ...PODS_RULE, resourceNames: ['shop'] }, PODS_RULE];

  it('has them in its configuration, and tells tenants', () => {
    const { frontend } = synth({ ...features, clusterWide: { enabled: true } });
    expect(frontend.config.access).toMatchObject({
      attributesByEndpoint: { rules: NAMED, federate: OPENSHIFT },
      clusterWide: { enabled: true },
    });
    expect(frontend.attributesByEndpoint).toEqual({ rules: NAMED, federate: OPENSHIFT });
  });

  it('gets Roles of tenants, and an aggregated one, that hold all it asks for', () => {
    const chart = platformChart();
    const frontend = new TenantQueryFrontend(chart, 'frontend', {
      upstream: UPSTREAM,
      code: RuntimeCode.configMap(PLACEHOLDER),
      features,
    });
    void new Tenant(chart, 'tenant', { namespace: 'team-a', frontend, scraper: SCRAPER });
    void new AggregatedReaders(chart, 'aggregated', { frontend });
    const manifests = manifestsOf(chart);
    expect(at(only(manifests, 'Role'), 'rules')).toEqual(RULES);
    const aggregated = 'prometheus-tenancy-kit-metrics-reader';
    expect(at(only(manifests, 'ClusterRole', aggregated), 'rules')).toEqual(RULES);
  });
});
