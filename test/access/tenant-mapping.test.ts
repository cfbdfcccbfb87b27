import { describe, expect, it } from '@jest/globals';
import type { KubernetesAccess } from '../../frontend/access/kubernetes-access.ts';
import type { TenantDirectory, TenantMap } from '../../frontend/access/tenant-map.ts';
import { FakeAccessReviewer, identityOf, tenants } from './fakes.ts';
import { kubernetesAccess } from './kubernetes-setup.ts';

const JANE = identityOf('jane');

function mapOf(mapping: Readonly<Record<string, readonly string[]>>): TenantMap & TenantDirectory {
  return {
    tenants: () => tenants(...Object.keys(mapping)),
    namespacesOf: (tenant) => tenants(...(mapping[tenant] ?? [])),
    tenantOf: (namespace) =>
      tenants(...Object.keys(mapping)).find((tenant) => mapping[tenant]?.includes(namespace)),
  };
}

function setUp(
  allowed: readonly string[],
  mapping: TenantMap & TenantDirectory = mapOf({ red: ['a', 'b'], blue: ['c'], none: [] }),
): { readonly access: KubernetesAccess; readonly reviewer: FakeAccessReviewer } {
  const reviewer = new FakeAccessReviewer(({ namespace }) =>
    allowed.includes(namespace) ? 'allowed' : 'denied',
  );
  const access = kubernetesAccess({
    accessReviewer: reviewer,
    tenantMap: mapping,
    survey: { directory: mapping, pause: async () => undefined },
  });
  return { access, reviewer };
}

async function ask(access: KubernetesAccess, ...names: readonly string[]): Promise<unknown> {
  const authorized = await access.authorize(JANE, tenants(...names));
  return authorized.ok ? authorized.value.scope.tenants : authorized.rejection;
}

describe('a tenant of several namespaces', () => {
  it('is granted by its own name to who may read in every one of them', async () => {
    const { access, reviewer } = setUp(['a', 'b']);
    expect(await ask(access, 'red')).toEqual(['red']);
    expect(reviewer.tenants.toSorted()).toEqual(['a', 'b']);
  });

  it.each([[['a']], [['b']], [['c']], [[]]])('is denied to who may read %j alone', async (some) => {
    expect(await ask(setUp(some).access, 'red')).toEqual({ code: 'tenant_denied', tenant: 'red' });
  });

  it('is not reached by the name of one of its namespaces', async () => {
    const { access, reviewer } = setUp(['a', 'b', 'c']);
    expect(await ask(access, 'a')).toEqual({ code: 'tenant_denied', tenant: 'a' });
    expect(reviewer.calls).toEqual([]);
  });

  it('is denied like any other where it does not exist, or has no namespace', async () => {
    const { access, reviewer } = setUp(['a', 'b', 'c', 'none', 'green']);
    for (const tenant of ['none', 'green']) {
      expect(await ask(access, tenant)).toEqual({ code: 'tenant_denied', tenant });
    }
    expect(reviewer.calls).toEqual([]);
  });

  it('is granted beside others only if all are allowed', async () => {
    expect(await ask(setUp(['a', 'b', 'c']).access, 'red', 'blue')).toEqual(['blue', 'red']);
    expect(await ask(setUp(['a', 'c']).access, 'red', 'blue')).toMatchObject({ tenant: 'red' });
  });

  it('has no verdict while its namespaces cannot be told', async () => {
    const { access } = setUp(['a'], { ...mapOf({ red: ['a'] }), namespacesOf: () => undefined });
    expect(await ask(access, 'red')).toMatchObject({ code: 'access_review_unavailable' });
    expect(await access.authorizeAll?.(JANE)).toMatchObject({
      rejection: { code: 'access_review_unavailable' },
    });
  });

  it('is asked about again once it has one more namespace', async () => {
    const mapping: Record<string, string[]> = { red: ['a'] };
    const { access } = setUp(['a'], mapOf(mapping));
    expect(await ask(access, 'red')).toEqual(['red']);
    mapping['red'] = ['a', 'b'];
    expect(await ask(access, 'red')).toEqual({ code: 'tenant_denied', tenant: 'red' });
  });

  it('is found by a survey when every namespace of it may be read', async () => {
    const found = await setUp(['a', 'b']).access.authorizeAll?.(JANE);
    expect(found).toMatchObject({ value: { scope: { tenants: ['red'] } } });
    const other = await setUp(['b', 'c']).access.authorizeAll?.(JANE);
    expect(other).toMatchObject({ value: { scope: { tenants: ['blue'] } } });
  });

  it('may not have more namespaces than can be reviewed', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `n-${index}`);
    const { access, reviewer } = setUp([], mapOf({ red: many }));
    expect(await ask(access, 'red')).toEqual({ code: 'limit_tenants', limit: 1_000, value: 1_001 });
    expect(reviewer.calls).toEqual([]);
  });
});
