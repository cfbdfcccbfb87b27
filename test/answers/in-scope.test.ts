import { describe, expect, it } from '@jest/globals';
import { isInScope } from '../../frontend/answers/in-scope.ts';
import type { JsonValue } from '../../frontend/answers/json-value.ts';
import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';

const TENANTS = ['a'].flatMap((name) => parseTenantId(name) ?? []);
const SCOPE = TenantScope.grant(DEFAULT_TENANCY_LABEL, TENANTS, staticLabelsOf({ cluster: 'one' }));

describe('isInScope with static labels', () => {
  it.each<[JsonValue, boolean]>([
    [{ namespace: 'a', cluster: 'one', job: 'x' }, true],
    [{ namespace: 'a', cluster: 'two' }, false],
    [{ namespace: 'a' }, false],
    [{ namespace: 'a', cluster: ['one'] }, false],
    [{ namespace: 'b', cluster: 'one' }, false],
  ])('of %j is %j', (labels, expected) => {
    expect(isInScope(labels, SCOPE)).toBe(expected);
  });
});
