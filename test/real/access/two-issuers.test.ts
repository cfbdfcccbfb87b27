import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CLIENT_ID, startTinyIssuer, type TinyIssuer } from '../../adapters/oidc/tiny-issuer.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { describeReal } from '../harness/skip.ts';
import {
  installFrontend,
  installTenant,
  type RealAccess,
  startAccess,
} from './running-frontend.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl'] as const;
const NAMES = ['staff', 'partners'] as const;

await describeReal('users of two issuers, beside ServiceAccounts', PARTS, () => {
  let cluster: TestCluster;
  let access: RealAccess;
  const issuers: TinyIssuer[] = [];

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await installFrontend(cluster);
    for (const team of ['team-a', 'team-b']) await installTenant(cluster, team);
    for (const _name of NAMES) issuers.push(await startTinyIssuer());
    await bind('team-a', 'staff:jane');
    await bind('team-b', 'partners:jane');
    access = await startAccess(cluster, {
      oidcIssuers: NAMES.map((name, index) => ({
        issuer: issuers[index]?.url,
        audiences: [CLIENT_ID],
        usernameClaim: 'preferred_username',
        usernamePrefix: `${name}:`,
        caFile: issuers[index]?.caFile,
      })),
    });
    await access.running.ready();
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    for (const issuer of issuers) await issuer[Symbol.asyncDispose]();
    await cluster?.stop();
  });

  const bind = (namespace: string, name: string): Promise<void> =>
    cluster.bindRole({
      namespace,
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'User', name },
    });
  const jane = async (index: number, claims: object = {}): Promise<string> =>
    (await issuers[index]?.sign({ preferred_username: 'jane', ...claims })) ?? '';

  it('are all let in by one process, each into what is its own', async () => {
    expect(await access.ask(await jane(0), 'team-a')).toBe('team-a');
    expect(await access.ask(await jane(1), 'team-b')).toBe('team-b');
    const robot = await cluster.requestToken('team-a', 'grafana');
    expect(await access.ask(robot, 'team-a')).toBe('team-a');
    expect(access.reviews.token).toBe(1);
  });

  it('are not taken for each other, who have one name', async () => {
    expect(await access.ask(await jane(0), 'team-b')).toBe('tenant_denied:team-b');
    expect(await access.ask(await jane(1), 'team-a')).toBe('tenant_denied:team-a');
  });

  it('are not let in with a token of the other issuer that names theirs', async () => {
    const posing = await jane(1, { iss: issuers[0]?.url });
    expect(await access.ask(posing, 'team-a')).toBe('token_rejected');
    expect(await access.ask(posing, 'team-b')).toBe('token_rejected');
  });
});
