import { describe, expect, it } from '@jest/globals';
import type { Granted } from '../../frontend/access/access.ts';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { admitHead, admitRequest, type AdmittedRequest } from '../../frontend/http/admit.ts';
import { authorizeRequest } from '../../frontend/http/authorize-request.ts';
import { refuse } from '../../frontend/result.ts';
import { accessOf, identityOf } from './harness/fake-access.ts';

function admitted(...tenants: string[]): AdmittedRequest {
  const target = `/api/v1/query?query=up${tenants.map((it) => `&namespace=${it}`).join('')}`;
  const head = admitHead({ httpVersion: '1.1', method: 'GET', target, rawHeaders: ['Host', 'h'] });
  if (!head.ok) throw new TypeError(head.rejection.code);
  const request = admitRequest(head.value, '', { tenants: 10 });
  if (!request.ok) throw new TypeError(request.rejection.code);
  return request.value;
}

async function authorize(
  username: string,
  allowed: readonly string[],
  named: readonly string[],
  needsTenant = true,
): Promise<unknown> {
  const access = accessOf({ token: { username, namespaces: allowed } });
  const result = await authorizeRequest(
    access,
    identityOf(username),
    admitted(...named),
    needsTenant,
  );
  return result.ok ? tenantsOf(result.value) : result.rejection;
}

function tenantsOf(granted: Granted | undefined): readonly string[] | undefined {
  const scope = granted?.scope;
  return ClusterScope.is(scope) ? ['the whole cluster'] : scope?.tenants;
}

const SERVICE_ACCOUNT = 'system:serviceaccount:team-a:grafana';

describe('authorizeRequest', () => {
  it('grants what is named and allowed', async () => {
    expect(await authorize('jane', ['a', 'b', 'c'], ['b', 'a'])).toEqual(['a', 'b']);
  });

  it('refuses the whole request for one name that is not allowed', async () => {
    expect(await authorize('jane', ['a', 'c'], ['a', 'b', 'c'])).toEqual({
      code: 'tenant_denied',
      tenant: parseTenantId('b'),
    });
  });

  it('refuses a name that is not allowed also where no tenant is needed', async () => {
    expect(await authorize('jane', [], ['b'], false)).toMatchObject({ code: 'tenant_denied' });
  });

  it('needs no tenant where nothing is read', async () => {
    expect(await authorize('jane', [], [], false)).toBeUndefined();
  });

  it('grants a ServiceAccount its own namespace where none is named', async () => {
    expect(await authorize(SERVICE_ACCOUNT, ['team-a', 'team-b'], [])).toEqual(['team-a']);
  });

  it('asks a ServiceAccount that may not read its own namespace to name one', async () => {
    expect(await authorize(SERVICE_ACCOUNT, ['team-b'], [])).toEqual({ code: 'tenant_missing' });
  });

  it.each(['jane', 'system:serviceaccount:team-a', 'system:serviceaccount:Bad:x', 'x:team-a:y'])(
    'asks %s to name a namespace',
    async (username) => {
      expect(await authorize(username, ['team-a'], [])).toEqual({ code: 'tenant_missing' });
    },
  );

  it('passes on that no verdict can be had', async () => {
    const unavailable = { code: 'access_review_unavailable', retryAfterSeconds: 2 } as const;
    const access = accessOf({ token: { username: SERVICE_ACCOUNT, fails: unavailable } });
    const result = await authorizeRequest(access, identityOf(SERVICE_ACCOUNT), admitted(), true);
    expect(result).toEqual({ ok: false, rejection: unavailable });
  });
});

describe('authorizeRequest where all namespaces may be asked for', () => {
  async function ask(username: string, allowed: readonly string[]): Promise<unknown> {
    const asked: string[] = [];
    const some = accessOf({ token: { username, namespaces: allowed } });
    const access = {
      ...some,
      authorizeAll: async (identity: { readonly username: string }) => {
        asked.push(identity.username);
        return refuse({ code: 'tenant_none_allowed' } as const);
      },
    };
    const result = await authorizeRequest(access, identityOf(username), admitted(), true);
    return [asked.length, result.ok ? tenantsOf(result.value) : result.rejection.code];
  }

  it('asks for them only after the ServiceAccount has no namespace of its own', async () => {
    expect(await ask(SERVICE_ACCOUNT, ['team-a', 'team-b'])).toEqual([0, ['team-a']]);
    expect(await ask(SERVICE_ACCOUNT, ['team-b'])).toEqual([1, 'tenant_none_allowed']);
    expect(await ask('jane', [])).toEqual([1, 'tenant_none_allowed']);
  });
});

describe('authorizeRequest for the whole cluster', () => {
  async function ask(clusterWide: boolean, needsTenant: boolean): Promise<unknown> {
    const access = accessOf({ token: { username: 'jane', namespaces: ['team-a'], clusterWide } });
    const request = { ...admitted(), isClusterWide: true } as const;
    const result = await authorizeRequest(access, identityOf('jane'), request, needsTenant);
    return result.ok ? tenantsOf(result.value) : result.rejection.code;
  }

  it.each([true, false])('asks for that permission, whatever is read: %s', async (needsTenant) => {
    expect(await ask(true, needsTenant)).toEqual(['the whole cluster']);
    expect(await ask(false, needsTenant)).toBe('cluster_denied');
  });

  it('is refused where there is no such permission', async () => {
    const access = accessOf({ token: { username: 'jane', namespaces: ['team-a'] } });
    const { authorizeCluster: _, ...without } = access;
    const request = { ...admitted(), isClusterWide: true } as const;
    const result = await authorizeRequest(without, identityOf('jane'), request, true);
    expect(result).toEqual({ ok: false, rejection: { code: 'cluster_denied' } });
  });
});
