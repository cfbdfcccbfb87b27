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
const SETTINGS = { review: 'self', audiences: [], cache: { allowedTtlMs: 500, deniedTtlMs: 0 } };

await describeReal('access without any right of our own', PARTS, () => {
  let cluster: TestCluster;
  let access: RealAccess;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await installFrontend(cluster, SETTINGS);
    await installTenant(cluster, 'team-a');
    await installTenant(cluster, 'team-b');
    access = await startAccess(cluster, SETTINGS);
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    await cluster?.stop();
  });

  it('is ready, although the frontend may review nobody', async () => {
    expect(await access.running.ready()).toEqual({ isReady: true });
    const asSubject = await startAccess(cluster, {});
    expect(await asSubject.running.ready()).toEqual({
      isReady: false,
      reason: 'api_server_refused',
    });
    await asSubject.stop();
  });

  it('lets a tenant into its own namespace alone', async () => {
    const token = await cluster.requestToken('team-a', 'grafana');
    expect(await access.ask(token, 'team-a')).toBe('team-a');
    expect(await access.ask(token, 'team-b')).toBe('tenant_denied:team-b');
    expect(await access.ask(token, 'team-z')).toBe('tenant_denied:team-z');
    expect(await access.ask(token, 'team-a', 'team-b')).toBe('tenant_denied:team-b');
  });

  it('rejects tokens that are unknown, forged, or meant for another service', async () => {
    expect(await access.ask('sha256~unknown', 'team-a')).toBe('token_rejected');
    const foreign = await cluster.requestToken('team-a', 'grafana', { audiences: ['vault'] });
    expect(await access.ask(foreign, 'team-a')).toBe('token_rejected');
    const good = await cluster.requestToken('team-a', 'grafana');
    expect(await access.ask(`${good.slice(0, -4)}AAAA`, 'team-a')).toBe('token_rejected');
  });

  it('serves an identity from the cache with the rights of now', async () => {
    const token = await cluster.requestToken('team-b', 'grafana');
    expect(await access.ask(token, 'team-b')).toBe('team-b');
    await cluster.deleteObject('rolebinding', 'metrics-reader-team-b-grafana', 'team-b');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await access.ask(token, 'team-b')).toBe('tenant_denied:team-b');
  });
});
