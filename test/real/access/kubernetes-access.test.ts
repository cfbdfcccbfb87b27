import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import {
  installFrontend,
  installTenant,
  OWN_AUDIENCE,
  type RealAccess,
  startAccess,
} from './running-frontend.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;

// Caches are short, so that a test sees what they hide within a second or two.
const SHORT = {
  authenticatedTtlMs: 1_000,
  rejectedTtlMs: 500,
  allowedTtlMs: 1_000,
  deniedTtlMs: 500,
};

await describeReal('access by a real API server', PARTS, () => {
  let cluster: TestCluster;
  let access: RealAccess;
  let strict: RealAccess;

  beforeAll(async () => {
    cluster = await startKubeApiserver({ controllerManager: true });
    await installFrontend(cluster);
    await installTenant(cluster, 'team-a');
    await installTenant(cluster, 'team-b');
    access = await startAccess(cluster, { cache: SHORT });
    strict = await startAccess(cluster, { cache: SHORT, audiences: [OWN_AUDIENCE] });
    await access.running.ready();
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    await strict?.stop();
    await cluster?.stop();
  });

  const grafana = (namespace: string, audience?: string): Promise<string> =>
    cluster.requestToken(
      namespace,
      'grafana',
      audience === undefined ? {} : { audiences: [audience] },
    );

  it('is ready', async () => {
    expect(await access.running.ready()).toEqual({ isReady: true });
  });

  it('lets a tenant into its own namespace alone', async () => {
    const token = await grafana('team-a');
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    expect(await access.ask(token, 'team-b')).toBe('tenant_denied:team-b');
    expect(await access.ask(token, 'team-a', 'team-b')).toBe('tenant_denied:team-b');
  });

  it('answers alike for a namespace of others and one that does not exist', async () => {
    const token = await grafana('team-a');
    expect(await access.ask(token, 'team-b')).toBe('tenant_denied:team-b');
    expect(await access.ask(token, 'team-z')).toBe('tenant_denied:team-z');
  });

  it('lets a reader of two namespaces into both at once', async () => {
    await cluster.bindRole({
      namespace: 'team-b',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'monitoring', name: 'both' },
    });
    await cluster.bindRole({
      namespace: 'team-a',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'monitoring', name: 'both' },
    });
    await cluster.createServiceAccount('monitoring', 'both');
    const token = await cluster.requestToken('monitoring', 'both');
    expect(await settled(() => access.ask(token, 'team-b', 'team-a'), 'team-a,team-b')).toBe(
      'team-a,team-b',
    );
  });

  it('takes tokens for its own audience, and under the default those of the API server', async () => {
    const own = await grafana('team-a', OWN_AUDIENCE);
    const general = await grafana('team-a');
    const foreign = await grafana('team-a', 'vault');
    expect(await access.ask(own, 'team-a')).toBe('team-a');
    expect(await access.ask(general, 'team-a')).toBe('team-a');
    expect(await access.ask(foreign, 'team-a')).toBe('token_rejected');
    expect(await strict.ask(own, 'team-a')).toBe('team-a');
    expect(await strict.ask(general, 'team-a')).toBe('token_rejected');
    expect(await strict.ask(foreign, 'team-a')).toBe('token_rejected');
  });

  it('takes a legacy token, which has no end and no audience, unless it is strict', async () => {
    const token = await cluster.legacyToken('team-a', 'grafana');
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    expect(access.localChecks.at(-1)).toBe('not_applicable');
    expect(await strict.ask(token, 'team-a')).toBe('token_rejected');
  });

  it('rejects an unknown token, and remembers that', async () => {
    const before = access.reviews.token;
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await access.ask('sha256~unknown', 'team-a')).toBe('token_rejected');
    }
    expect(access.reviews.token - before).toBe(1);
  });

  it('passes tokens that the cluster signed through the local check', async () => {
    const passed = (): number =>
      access.localChecks.filter((outcome) => outcome === 'passed').length;
    const before = passed();
    expect(await access.ask(await grafana('team-a'), 'team-a')).toBe('team-a');
    expect(passed() - before).toBe(1);
  });

  it('rejects forged and expired tokens without asking the API server', async () => {
    const claims = await cluster.tokenClaims('team-a', 'grafana');
    const good = await cluster.signToken(claims);
    expect(await access.ask(good, 'team-a')).toBe('team-a');

    const before = access.reviews.token;
    const now = Math.floor(Date.now() / 1_000);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const [header = '', payload = ''] = good.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const bad = [
      await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
      `${header}.${payload}.AAAA`,
      `${none}.${payload}.`,
      // The API server itself would take this one for another minute.
      await cluster.signToken({ ...claims, exp: now - 5 }),
      await cluster.signToken({ ...claims, exp: now - 3_600 }),
      await cluster.signToken({ ...claims, nbf: now + 3_600 }),
    ];
    for (const token of bad) expect(await access.ask(token, 'team-a')).toBe('token_rejected');
    expect(access.reviews.token).toBe(before);
  });

  it('serves a token no longer than to its own end', async () => {
    const claims = await cluster.tokenClaims('team-a', 'grafana');
    const long = await startAccess(cluster, {});
    await long.running.ready();
    const exp = Math.floor(Date.now() / 1_000) + 3;
    const token = await cluster.signToken({ ...claims, exp });
    expect(await long.ask(token, 'team-a')).toBe('team-a');
    await new Promise((resolve) => setTimeout(resolve, exp * 1_000 - Date.now() + 50));
    expect(await long.ask(token, 'team-a')).toBe('token_rejected');
    await long.stop();
  });

  it('rejects the token of a ServiceAccount that was deleted, and of its successor by name', async () => {
    await cluster.createServiceAccount('team-a', 'leaving');
    const token = await cluster.requestToken('team-a', 'leaving');
    expect(await access.ask(token, 'team-a')).toBe('tenant_denied:team-a');
    await cluster.deleteObject('serviceaccount', 'leaving', 'team-a');
    expect(await settled(() => access.ask(token, 'team-a'), 'token_rejected')).toBe(
      'token_rejected',
    );
    await cluster.createServiceAccount('team-a', 'leaving');
    expect(await access.ask(token, 'team-a')).toBe('token_rejected');
  });

  it('follows a RoleBinding that comes and goes', async () => {
    await installTenant(cluster, 'team-c');
    const token = await grafana('team-c');
    expect(await settled(() => access.ask(token, 'team-c'), 'team-c')).toBe('team-c');
    await cluster.deleteObject('rolebinding', 'metrics-reader-team-c-grafana', 'team-c');
    const denied = 'tenant_denied:team-c';
    expect(await settled(() => access.ask(token, 'team-c'), denied)).toBe(denied);
    await cluster.bindRole({
      namespace: 'team-c',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'team-c', name: 'grafana' },
    });
    expect(await settled(() => access.ask(token, 'team-c'), 'team-c')).toBe('team-c');
  });

  it('asks once for two hundred first requests at a time', async () => {
    const fresh = await startAccess(cluster, {});
    const token = await grafana('team-a');
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => fresh.ask(token, 'team-a')),
    );
    expect(new Set(outcomes)).toEqual(new Set(['team-a']));
    expect(fresh.reviews).toEqual({ token: 1, access: 1 });
    await fresh.stop();
  });

  it('follows the presets: a right to read pods/metrics opens nothing under the seed', async () => {
    await installTenant(cluster, 'team-d');
    await cluster.createServiceAccount('team-d', 'pods');
    await cluster.createRole('team-d', 'pods-metrics', [
      { apiGroups: [''], resources: ['pods/metrics'], verbs: ['get'] },
    ]);
    await cluster.bindRole({
      namespace: 'team-d',
      role: { kind: 'Role', name: 'pods-metrics' },
      subject: { kind: 'ServiceAccount', namespace: 'team-d', name: 'pods' },
    });
    const preset = await startAccess(cluster, { attributes: 'seedPodsMetrics', cache: SHORT });
    const token = await cluster.requestToken('team-d', 'pods');
    expect(await settled(() => preset.ask(token, 'team-d'), 'team-d')).toBe('team-d');
    expect(await access.ask(token, 'team-d')).toBe('tenant_denied:team-d');
    await preset.stop();
  });
});

/** Asks until the answer is the expected one, or for ten seconds, and gives the last answer. */
async function settled(ask: () => Promise<string>, expected: string): Promise<string> {
  let last = await ask();
  if (last === expected) return last;
  await poll(
    async () => {
      last = await ask();
      return last === expected ? true : undefined;
    },
    { what: `${expected}, not ${last}` },
  );
  return last;
}
