import { describe, expect, it } from '@jest/globals';
import { ATTRIBUTE_PRESETS, SEED_ATTRIBUTES } from '../../frontend/config/query-frontend.ts';
import { SynthError } from '../../lib/index.ts';
import {
  AggregatedReaders,
  type AggregatedReadersProps,
  USER_FACING_ROLES,
} from '../../tenant/onboarding/index.ts';
import { at, type Manifest, manifestsOf, platformChart } from './support/manifests.ts';

function synth(props: Partial<AggregatedReadersProps> = {}): readonly Manifest[] {
  const chart = platformChart();
  const frontend = { attributes: SEED_ATTRIBUTES };
  void new AggregatedReaders(chart, 'readers', { frontend, ...props });
  return manifestsOf(chart);
}

function aggregationsOf(manifest: Manifest | undefined): readonly string[] {
  const labels = Object.entries(manifest?.metadata.labels ?? {});
  return labels
    .filter(([name, value]) => name.includes('aggregate-to') && value === 'true')
    .map(([name]) => name);
}

describe('AggregatedReaders', () => {
  it('is one ClusterRole that belongs to no namespace, and binds nobody', () => {
    const manifests = synth();
    expect(manifests.map(({ kind }) => kind)).toEqual(['ClusterRole']);
    expect(manifests[0]?.metadata.namespace).toBeUndefined();
    expect(manifests[0]?.metadata.name).toBe('prometheus-tenancy-kit-metrics-reader');
    expect(synth({ name: 'mine' })[0]?.metadata.name).toBe('mine');
  });

  it.each(Object.entries(ATTRIBUTE_PRESETS))(
    'holds what a reader needs with the preset %s, and nothing more',
    (_name, attributes) => {
      const { group, resource, subresource, verb } = attributes;
      const path = [resource, subresource].filter((it) => it !== '').join('/');
      const [manifest] = synth({ frontend: { attributes } });
      expect(at(manifest, 'rules')).toEqual([
        { apiGroups: [group], resources: [path], verbs: [verb] },
      ]);
    },
  );

  it('holds what single classes of endpoints ask for, too', () => {
    const rules = { ...SEED_ATTRIBUTES, group: 'monitoring.coreos.com', subresource: 'rules' };
    const frontend = { attributes: SEED_ATTRIBUTES, attributesByEndpoint: { rules } };
    expect(at(synth({ frontend })[0], 'rules')).toEqual([
      { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
      { apiGroups: ['monitoring.coreos.com'], resources: ['namespace/rules'], verbs: ['get'] },
    ]);
  });

  it('is found by view unless it is told otherwise', () => {
    expect(aggregationsOf(synth()[0])).toEqual(['rbac.authorization.k8s.io/aggregate-to-view']);
  });

  it.each(USER_FACING_ROLES)('is found by %s alone where that is asked for', (role) => {
    expect(aggregationsOf(synth({ role })[0])).toEqual([
      `rbac.authorization.k8s.io/aggregate-to-${role}`,
    ]);
  });

  it.each([
    { verb: 'create', group: '', resource: 'pods', subresource: '' },
    { verb: '*', group: '', resource: 'namespace', subresource: 'metrics' },
    { verb: 'get', group: '', resource: 'secrets', subresource: '' },
    { verb: 'get', group: '', resource: '*', subresource: '' },
    { verb: 'get', group: '*', resource: 'namespace', subresource: 'metrics' },
    { verb: 'get', group: '', resource: 'pods', subresource: '*' },
    { verb: 'get', group: '', resource: 'pods', subresource: 'exec' },
    { verb: 'get', group: '', resource: 'services', subresource: 'proxy' },
  ])('gives nobody %j', (attributes) => {
    expect(() => synth({ frontend: { attributes } })).toThrow(/more than to read metrics/);
    const frontend = { attributes: SEED_ATTRIBUTES, attributesByEndpoint: { rules: attributes } };
    expect(() => synth({ frontend })).toThrow(SynthError);
  });

  it('knows no other role', () => {
    const role: string = 'cluster-admin';
    const props = { role: role as 'view' };
    expect(() => synth(props)).toThrow(SynthError);
  });
});
