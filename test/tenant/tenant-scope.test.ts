import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { parseTenantId, type TenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';

function tenants(...names: string[]): TenantId[] {
  return names.map((name) => parseTenantId(name)).filter((it) => it !== undefined);
}

describe('TenantScope', () => {
  it('is sorted, without repeats, and frozen', () => {
    const scope = TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants('b', 'a', 'b'));
    expect(scope.tenants).toEqual(['a', 'b']);
    expect(Object.isFrozen(scope)).toBe(true);
    expect(Object.isFrozen(scope.tenants)).toBe(true);
  });

  it('does not change with the list it was granted from', () => {
    const list = tenants('a');
    const scope = TenantScope.grant(DEFAULT_TENANCY_LABEL, list);
    list.push(...tenants('b'));
    expect(scope.tenants).toEqual(['a']);
  });

  it('cannot be empty', () => {
    expect(() => TenantScope.grant(DEFAULT_TENANCY_LABEL, [])).toThrow(RangeError);
  });

  it.each([
    ['a', true],
    ['b', false],
    ['', false],
    ['A', false],
    [undefined, false],
  ])('answers for the label value %j', (value, expected) => {
    const scope = TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants('a'));
    expect(scope.allows(value)).toBe(expected);
  });
});
