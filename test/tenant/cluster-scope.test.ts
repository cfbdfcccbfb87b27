import { describe, expect, it } from '@jest/globals';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';

const TENANTS = TenantScope.grant(
  DEFAULT_TENANCY_LABEL,
  ['team-a'].flatMap((name) => parseTenantId(name) ?? []),
);

describe('ClusterScope', () => {
  it('carries the static labels and cannot be changed', () => {
    const scope = ClusterScope.grant(staticLabelsOf({ cluster: 'one' }));
    expect(scope.staticLabels).toEqual([{ name: 'cluster', value: 'one' }]);
    expect(Object.isFrozen(scope)).toBe(true);
    expect(ClusterScope.grant().staticLabels).toEqual([]);
  });

  it('is told from a set of tenants, and from nothing', () => {
    expect(ClusterScope.is(ClusterScope.grant())).toBe(true);
    expect(ClusterScope.is(TENANTS)).toBe(false);
    expect(ClusterScope.is(undefined)).toBe(false);
  });

  it('is not made by hand', () => {
    const { staticLabels } = ClusterScope.grant();
    const copy: unknown = { staticLabels };
    expect(ClusterScope.is(copy as ClusterScope)).toBe(false);
    const disguised: unknown = Object.create(ClusterScope.prototype, {
      staticLabels: { value: [] },
    });
    expect(() => ClusterScope.is(disguised as ClusterScope)).toThrow(TypeError);
  });
});
