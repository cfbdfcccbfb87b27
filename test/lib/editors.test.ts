import { describe, expect, it } from '@jest/globals';
import { SynthError } from '../../lib/index.ts';
import {
  AggregatedEditors,
  type AggregatedEditorsProps,
  Subject,
  type TenantProps,
} from '../../tenant/onboarding/index.ts';
import { at, type Manifest, manifestsOf, only, platformChart } from './support/manifests.ts';
import { TENANT_FRONTEND, tenantManifests } from './support/tenant.ts';

function synthTenant(props: Partial<TenantProps>): readonly Manifest[] {
  const silenceAttributes = { group: '', resource: 'namespace', subresource: 'silences' };
  return tenantManifests({ frontend: { ...TENANT_FRONTEND, silenceAttributes }, ...props });
}

function synthAggregated(props?: AggregatedEditorsProps): readonly Manifest[] {
  const chart = platformChart();
  void new AggregatedEditors(chart, 'editors', props);
  return manifestsOf(chart);
}

const roleNames = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.filter(({ kind }) => kind === 'Role').map(({ metadata }) => metadata.name);

describe('those who change something of a tenant', () => {
  it('are none unless they are named', () => {
    expect(roleNames(synthTenant({}))).toEqual(['metrics-reader']);
    expect(roleNames(synthTenant({ writers: [], ruleEditors: [] }))).toEqual(['metrics-reader']);
  });

  it('have a Role and a binding each, and none of them reads metrics', () => {
    const manifests = synthTenant({
      writers: [Subject.serviceAccount('agent')],
      ruleEditors: [Subject.group('team-a-on-call')],
    });
    expect(at(only(manifests, 'Role', 'metrics-writer'), 'rules')).toEqual([
      { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['create'] },
    ]);
    expect(at(only(manifests, 'Role', 'rules-editor'), 'rules')).toEqual([
      {
        apiGroups: [''],
        resources: ['namespace/rules'],
        verbs: ['get', 'create', 'update', 'delete'],
      },
    ]);
    expect(at(only(manifests, 'RoleBinding', 'metrics-writer'), 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'agent', namespace: 'team-a' },
    ]);
    expect(at(only(manifests, 'RoleBinding', 'rules-editor'), 'roleRef', 'name')).toBe(
      'rules-editor',
    );
  });

  it.each(['readers', 'writers', 'ruleEditors', 'silencers'])(
    'are never everybody: %s',
    (setting) => {
      const everybody = { [setting]: [Subject.group('system:authenticated')] };
      const message = new RegExp(`Tenant team-a ${setting}.*system:authenticated`);
      expect(() => synthTenant(everybody)).toThrow(message);
      expect(() => synthTenant(everybody)).toThrow(SynthError);
      expect(() => synthTenant({ [setting]: [Subject.group('team-a')] })).not.toThrow();
    },
  );
});

describe('AggregatedEditors', () => {
  it('is two ClusterRoles that edit brings, without a binding', () => {
    const manifests = synthAggregated();
    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ClusterRole prometheus-tenancy-kit-metrics-writer',
      'ClusterRole prometheus-tenancy-kit-rules-editor',
    ]);
    for (const { metadata } of manifests) {
      expect(metadata.namespace).toBeUndefined();
      expect(metadata.labels).toMatchObject({
        'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      });
    }
  });

  it('leaves a right to admin alone where that is asked for', () => {
    const [, rules] = synthAggregated({ rules: 'admin' });
    expect(Object.keys(rules?.metadata.labels ?? {})).toContain(
      'rbac.authorization.k8s.io/aggregate-to-admin',
    );
    expect(Object.keys(rules?.metadata.labels ?? {})).not.toContain(
      'rbac.authorization.k8s.io/aggregate-to-edit',
    );
  });

  it('gives view nothing to change', () => {
    const props = { metrics: 'view' } as unknown as AggregatedEditorsProps;
    expect(() => synthAggregated(props)).toThrow(/is no role that edits/);
  });
});
