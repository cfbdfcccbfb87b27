import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { describeReal } from '../harness/skip.ts';
import {
  installFrontend,
  installTenant,
  type RealAccess,
  startAccess,
} from './running-frontend.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl'] as const;
// Longer than the harness gives the API server to stop.
const TTL_MS = 20_000;
const UNAVAILABLE = 'access_review_unavailable';

await describeReal('access while the API server is away', PARTS, () => {
  let cluster: TestCluster;
  let access: RealAccess;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await installFrontend(cluster);
    await installTenant(cluster, 'team-a');
    const cache = { authenticatedTtlMs: TTL_MS, allowedTtlMs: TTL_MS };
    access = await startAccess(cluster, { cache });
    await access.running.ready();
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    await cluster?.stop();
  });

  it('serves what it remembers until its time is over, refuses all else, and recovers', async () => {
    const known = await cluster.requestToken('team-a', 'grafana');
    const unseen = await cluster.requestToken('team-a', 'grafana', { durationSeconds: 1_800 });
    expect(await access.ask(known, 'team-a')).toBe('team-a');
    const rememberedAtMs = performance.now();
    await cluster.stopApiserver();

    expect(await access.ask(known, 'team-a')).toBe('team-a');
    const askedAtMs = performance.now();
    expect(await access.ask(known, 'team-b')).toBe(UNAVAILABLE);
    expect(await access.ask(unseen, 'team-a')).toBe(UNAVAILABLE);
    expect(await access.ask('sha256~unknown', 'team-a')).toBe(UNAVAILABLE);
    // Nobody waits for an answer that cannot come.
    expect(performance.now() - askedAtMs).toBeLessThan(5_000);

    const restMs = Math.max(0, TTL_MS - (performance.now() - rememberedAtMs)) + 100;
    await new Promise((resolve) => setTimeout(resolve, restMs));
    expect(await access.ask(known, 'team-a')).toBe(UNAVAILABLE);

    await cluster.startApiserver();
    expect(await access.ask(known, 'team-a')).toBe('team-a');
    expect(await access.ask(unseen, 'team-a')).toBe('team-a');
    expect(await access.ask('sha256~unknown', 'team-a')).toBe('token_rejected');
  }, 180_000);
});
