import { describe, expect, it } from '@jest/globals';
import { createStaticAccess } from '../../frontend/access/static-access.ts';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { bearer, identityOf, plainHash, tenants } from './fakes.ts';

const ACCESS = createStaticAccess(
  [
    { token: 'one', username: 'jane', namespaces: tenants('a', 'b') },
    { token: 'two', username: 'jane', namespaces: tenants('c') },
  ],
  { hash: plainHash, tenancyLabel: DEFAULT_TENANCY_LABEL },
);

async function outcome(token: string, ...names: readonly string[]): Promise<unknown> {
  const identified = await ACCESS.identify(bearer(token));
  if (!identified.ok) return identified.rejection;
  const authorized = await ACCESS.authorize(identified.value.identity, tenants(...names));
  return authorized.ok ? authorized.value.scope.tenants : authorized.rejection;
}

describe('createStaticAccess', () => {
  it.each([
    ['one', ['a'], ['a']],
    ['one', ['b', 'a'], ['a', 'b']],
    ['two', ['c'], ['c']],
    ['one', ['a', 'c'], { code: 'tenant_denied', tenant: 'c' }],
    ['two', ['a'], { code: 'tenant_denied', tenant: 'a' }],
    ['three', ['a'], { code: 'token_rejected' }],
    ['on', ['a'], { code: 'token_rejected' }],
    ['onee', ['a'], { code: 'token_rejected' }],
  ])('answers token %s for %j', async (token, names, expected) => {
    expect(await outcome(token, ...names)).toEqual(expected);
  });

  it('names the holder', async () => {
    expect(await ACCESS.identify(bearer('two'))).toEqual({
      ok: true,
      value: { identity: identityOf('jane', { uid: 'static-token-2' }), source: 'static' },
    });
  });

  it('denies an identity that it did not make', async () => {
    const stranger = identityOf('joe', { uid: 'static-token-1' });
    expect((await ACCESS.authorize(stranger, tenants('a'))).ok).toBe(false);
  });
});

describe('static tokens and the whole cluster', () => {
  const open = createStaticAccess(
    [
      { token: 'one', username: 'jane', namespaces: tenants('a') },
      { token: 'all', username: 'jane', namespaces: tenants('a'), clusterWide: true },
    ],
    {
      hash: plainHash,
      tenancyLabel: DEFAULT_TENANCY_LABEL,
      staticLabels: [{ name: 'cluster', value: 'one' }],
    },
  );

  async function ask(token: string): Promise<unknown> {
    const identified = await open.identify(bearer(token));
    if (!identified.ok) return identified.rejection;
    const heard: string[] = [];
    const authorized = await open.authorizeCluster?.(identified.value.identity, (source) => {
      heard.push(source);
    });
    if (authorized?.ok === false) return [authorized.rejection.code, ...heard];
    return [ClusterScope.is(authorized?.value.scope), authorized?.value.scope.staticLabels];
  }

  it('go together only where the entry says so', async () => {
    expect(await ask('all')).toEqual([true, [{ name: 'cluster', value: 'one' }]]);
    expect(await ask('one')).toEqual(['cluster_denied', 'static']);
  });

  it('have nothing to do with each other where no entry says so', () => {
    expect(ACCESS.authorizeCluster).toBeUndefined();
  });

  it('add no namespace to those of the entry', async () => {
    const identified = await open.identify(bearer('all'));
    if (!identified.ok) throw new TypeError('rejected');
    const authorized = await open.authorize(identified.value.identity, tenants('b'));
    expect(authorized).toMatchObject({ ok: false, rejection: { code: 'tenant_denied' } });
  });
});
