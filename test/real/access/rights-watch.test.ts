import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import {
  installFrontend,
  installTenant,
  type RealAccess,
  startAccess,
} from './running-frontend.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl'] as const;

// Without the watch nothing here would be seen for five minutes.
const LONG = { authenticatedTtlMs: 300_000, allowedTtlMs: 300_000, deniedTtlMs: 300_000 };
const SETTINGS = { rightsWatch: { enabled: true }, cache: LONG };
const WITHIN_MS = 2_000;

await describeReal('access that follows changes of rights', PARTS, () => {
  let cluster: TestCluster;
  let access: RealAccess;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await installFrontend(cluster, SETTINGS);
    for (const team of ['team-a', 'team-b', 'team-c']) await installTenant(cluster, team);
    access = await startAccess(cluster, SETTINGS);
    await access.running.ready();
    await poll(async () => (access.events.includes('rights_followed') ? true : undefined), {
      what: 'the watches to begin',
    });
    await pause(16_000);
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    await cluster?.stop();
  });

  const grafana = (team: string): Promise<string> => cluster.requestToken(team, 'grafana');
  const bind = (team: string): Promise<void> =>
    cluster.bindRole({
      namespace: team,
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: team, name: 'grafana' },
    });
  const soon = (token: string, team: string, expected: string): Promise<true> =>
    poll(async () => ((await access.ask(token, team)) === expected ? true : undefined), {
      what: expected,
      withinMs: WITHIN_MS,
    });

  it('remembers verdicts as long as it is told while nothing changes', async () => {
    const token = await grafana('team-b');
    expect(await access.ask(token, 'team-b')).toBe('team-b');
    const before = { ...access.reviews };
    await pause(1_500);
    expect(await access.ask(token, 'team-b')).toBe('team-b');
    expect(access.reviews).toEqual(before);
  });

  it('sees a RoleBinding go and come', async () => {
    const token = await grafana('team-a');
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    await cluster.deleteObject('rolebinding', 'metrics-reader-team-a-grafana', 'team-a');
    await soon(token, 'team-a', 'tenant_denied:team-a');
    await bind('team-a');
    await soon(token, 'team-a', 'team-a');
  });

  it('asks nobody again about other namespaces', async () => {
    const other = await grafana('team-b');
    expect(await access.ask(other, 'team-b')).toBe('team-b');
    const token = await grafana('team-a');
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    await cluster.deleteObject('rolebinding', 'metrics-reader-team-a-grafana', 'team-a');
    await soon(token, 'team-a', 'tenant_denied:team-a');
    const before = access.reviews.access;
    expect(await access.ask(other, 'team-b')).toBe('team-b');
    expect(access.reviews.access).toBe(before);
    await bind('team-a');
  });

  it('sees a Role lose its rule', async () => {
    const token = await grafana('team-b');
    expect(await access.ask(token, 'team-b')).toBe('team-b');
    await cluster.deleteObject('role', 'metrics-reader', 'team-b');
    await soon(token, 'team-b', 'tenant_denied:team-b');
  });

  it('sees a right over the whole cluster go', async () => {
    const reader = { kind: 'ServiceAccount', namespace: 'team-b', name: 'grafana' } as const;
    await cluster.createClusterRole('all-metrics', [
      { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
    ]);
    await cluster.bindClusterRole('all-metrics', reader);
    const token = await grafana('team-b');
    await soon(token, 'team-c', 'team-c');
    await cluster.deleteObject('clusterrolebinding', 'all-metrics-team-b-grafana');
    await soon(token, 'team-c', 'tenant_denied:team-c');
    await cluster.bindClusterRole('all-metrics', reader);
    await soon(token, 'team-c', 'team-c');
    await cluster.deleteObject('clusterrole', 'all-metrics');
    await soon(token, 'team-c', 'tenant_denied:team-c');
  });

  it('sees a ServiceAccount go, as soon as the API server has forgotten its tokens, too', async () => {
    const token = await grafana('team-c');
    expect(await access.ask(token, 'team-c')).toBe('team-c');
    await cluster.deleteObject('serviceaccount', 'grafana', 'team-c');
    // The API server itself takes the token for another ten seconds.
    await poll(
      async () => ((await access.ask(token, 'team-c')) === 'token_rejected' ? true : undefined),
      { what: 'token_rejected', withinMs: 15_000 },
    );
  });

  it('drops everything after an interruption, since nobody knows what was missed', async () => {
    const token = await grafana('team-a');
    // Verdicts are remembered for a moment only until the last change has settled.
    await pause(16_000);
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    await cluster.stopApiserver();
    await poll(async () => (access.events.includes('rights_not_followed') ? true : undefined), {
      what: 'the watch to be missed',
      withinMs: 10_000,
    });
    // What is remembered serves on, as it would without the watch.
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    const before = access.events.length;
    await cluster.startApiserver();
    await cluster.deleteObject('rolebinding', 'metrics-reader-team-a-grafana', 'team-a');
    await poll(
      async () => (access.events.slice(before).includes('rights_followed') ? true : undefined),
      { what: 'the watches to begin anew' },
    );
    await soon(token, 'team-a', 'tenant_denied:team-a');
  }, 120_000);
});
