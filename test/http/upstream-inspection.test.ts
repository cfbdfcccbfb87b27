import { describe, expect, it } from '@jest/globals';
import { inspectStores } from '../../frontend/http/upstream-inspection.ts';

const RULES = { tenancyLabel: 'namespace', staticLabels: [] };

function stores(...labelSets: readonly object[]): unknown {
  const sidecar = labelSets.map((labels) => ({ name: '10.0.0.1:10901', labelSets: [labels] }));
  return { status: 'success', data: { sidecar, store: null } };
}

describe('inspectStores', () => {
  it.each([
    ['no store', { status: 'success', data: {} }, []],
    ['labels that tell stores apart', stores({ cluster: 'a', replica: '0' }), []],
    ['one cluster, twice', stores({ cluster: 'a' }, { cluster: 'a' }), []],
    ['a store without a cluster', stores({ cluster: 'a' }, { ruler: '0' }), []],
    ['the tenancy label', stores({ cluster: 'a' }, { namespace: 'x' }), ['tenancy_label_external']],
    ['several clusters', stores({ cluster: 'a' }, { cluster: 'b' }), ['clusters_mixed']],
    [
      'both',
      stores({ cluster: 'a', namespace: '' }, { cluster: 'b' }),
      ['tenancy_label_external', 'clusters_mixed'],
    ],
  ])('judges %s', (_what, document, findings) => {
    expect(inspectStores(document, RULES)).toEqual(findings);
  });

  it('looks at every kind of store and every label set of one', () => {
    const document = {
      status: 'success',
      data: { sidecar: [], a_new_kind: [{ labelSets: [{ a: 'b' }, { namespace: 'x' }] }] },
    };
    expect(inspectStores(document, RULES)).toEqual(['tenancy_label_external']);
  });

  it('looks for the tenancy label that is configured', () => {
    const rules = { ...RULES, tenancyLabel: 'tenant' };
    expect(inspectStores(stores({ namespace: 'x' }), rules)).toEqual([]);
    expect(inspectStores(stores({ tenant: 'x' }), rules)).toEqual(['tenancy_label_external']);
  });

  it('lets scopes that pin the cluster ask several of them', () => {
    const document = stores({ cluster: 'a' }, { cluster: 'b' });
    expect(inspectStores(document, { ...RULES, staticLabels: ['region'] })).toHaveLength(1);
    expect(inspectStores(document, { ...RULES, staticLabels: ['cluster'] })).toEqual([]);
  });

  it('counts empty label values as none', () => {
    expect(inspectStores(stores({ cluster: '' }, { cluster: 'a' }), RULES)).toEqual([]);
  });

  it.each([
    undefined,
    null,
    [],
    '',
    {},
    { status: 'error', data: {} },
    { status: 'success' },
    { status: 'success', data: [] },
    { status: 'success', data: { sidecar: 'x' } },
    { status: 'success', data: { sidecar: ['x'] } },
    { status: 'success', data: { sidecar: [{ labelSets: { a: 'b' } }] } },
    { status: 'success', data: { sidecar: [{ labelSets: [null] }] } },
    { status: 'success', data: { sidecar: [{ labelSets: [{ a: 1 }] }] } },
    { status: 'success', data: { sidecar: [{ labelSets: [{ labels: [{ name: 'a' }] }] }] } },
  ])('takes no proof from %j', (document) => {
    expect(inspectStores(document, RULES)).toBeUndefined();
  });
});
