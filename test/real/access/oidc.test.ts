import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  CLIENT_ID,
  signingKey,
  startTinyIssuer,
  type TinyIssuer,
} from '../../adapters/oidc/tiny-issuer.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { describeReal } from '../harness/skip.ts';
import {
  installFrontend,
  installTenant,
  type RealAccess,
  startAccess,
} from './running-frontend.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl'] as const;

await describeReal('users of an issuer that the API server does not know', PARTS, () => {
  let cluster: TestCluster;
  let issuer: TinyIssuer;
  let access: RealAccess;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    issuer = await startTinyIssuer();
    await installFrontend(cluster);
    await installTenant(cluster, 'team-a');
    await installTenant(cluster, 'team-b');
    await bind('team-a', { kind: 'User', name: 'idp:jane' });
    await bind('team-b', { kind: 'Group', name: 'idp-group:ops' });
    access = await startAccess(cluster, {
      oidcIssuers: [
        {
          issuer: issuer.url,
          audiences: [CLIENT_ID],
          usernameClaim: 'preferred_username',
          usernamePrefix: 'idp:',
          groupsClaim: 'groups',
          groupsPrefix: 'idp-group:',
          caFile: issuer.caFile,
        },
      ],
    });
    await access.running.ready();
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    await issuer?.[Symbol.asyncDispose]();
    await cluster?.stop();
  });

  const bind = (
    namespace: string,
    subject: { kind: 'User' | 'Group'; name: string },
  ): Promise<void> =>
    cluster.bindRole({ namespace, role: { kind: 'Role', name: 'metrics-reader' }, subject });
  const tokenOf = (user: string, claims: object = {}): Promise<string> =>
    issuer.sign({ preferred_username: user, ...claims });

  it('read what a RoleBinding gives to their prefixed name', async () => {
    const token = await tokenOf('jane');
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    expect(await access.ask(token, 'team-b')).toBe('tenant_denied:team-b');
    expect(await access.ask(token, 'team-a', 'team-b')).toBe('tenant_denied:team-b');
  });

  it('read what a RoleBinding gives to one of their prefixed groups', async () => {
    const token = await tokenOf('joe', { groups: ['devs', 'ops'] });
    expect(await access.ask(token, 'team-b')).toBe('team-b');
    expect(await access.ask(token, 'team-a')).toBe('tenant_denied:team-a');
  });

  it('are never put before the API server with their token', async () => {
    const before = access.reviews.token;
    await access.ask(await tokenOf('jane', { jti: '1' }), 'team-a');
    await access.ask(await tokenOf('jane', { aud: 'vault' }), 'team-a');
    expect(access.reviews.token).toBe(before);
  });

  it('are not the users of the cluster whose names they claim', async () => {
    for (const name of ['system:serviceaccount:team-a:grafana', 'system:admin']) {
      expect(await access.ask(await tokenOf(name), 'team-a')).toBe('token_rejected');
    }
    for (const group of ['system:masters', 'system:serviceaccounts:team-a']) {
      const token = await tokenOf('eve', { groups: [group] });
      expect(await access.ask(token, 'team-a')).toBe('token_rejected');
    }
    // The prefix alone keeps this one apart from the user `admin`, who may do everything.
    expect(await access.ask(await tokenOf('admin'), 'team-a')).toBe('tenant_denied:team-a');
    expect(await access.ask(cluster.adminToken, 'team-a')).toBe('team-a');
  });

  it('are not let in with a token that somebody else signed or another service is meant for', async () => {
    const forged = await issuer.sign({ preferred_username: 'jane' }, { key: signingKey('first') });
    expect(await access.ask(forged, 'team-a')).toBe('token_rejected');
    expect(await access.ask(await tokenOf('jane', { aud: 'vault' }), 'team-a')).toBe(
      'token_rejected',
    );
  });

  it('stand beside ServiceAccounts, whose tokens are reviewed as before', async () => {
    const before = access.reviews.token;
    const token = await cluster.requestToken('team-a', 'grafana');
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    expect(access.reviews.token).toBe(before + 1);
  });

  it('cannot be told apart while the issuer is away, and ServiceAccounts can', async () => {
    const unknown = await issuer.sign({ preferred_username: 'jane' }, { key: signingKey('next') });
    issuer.instead = () => ({ status: 503, body: '' });
    const fresh = await startAccess(cluster, {
      oidcIssuers: [
        {
          issuer: issuer.url,
          audiences: [CLIENT_ID],
          usernamePrefix: 'idp:',
          caFile: issuer.caFile,
        },
      ],
    });
    expect(await fresh.running.ready()).toEqual({ isReady: true });
    expect(await fresh.ask(unknown, 'team-a')).toBe('access_review_unavailable');
    const token = await cluster.requestToken('team-a', 'grafana');
    expect(await fresh.ask(token, 'team-a')).toBe('team-a');
    issuer.instead = undefined;
    await fresh.stop();
  });
});
