import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { installFrontend, type RealAccess, startAccess } from './running-frontend.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl'] as const;
const SETTINGS = {
  tenantMapping: { enabled: true },
  allNamespaces: { enabled: true, skippedTtlMs: 0 },
  cache: { allowedTtlMs: 0, deniedTtlMs: 0 },
};

await describeReal('tenants of several namespaces', PARTS, () => {
  let cluster: TestCluster;
  let access: RealAccess;
  let token: string;

  const label = (tenant: string): Record<string, string> => ({ [TENANT_NAMESPACE_LABEL]: tenant });
  const bind = (namespace: string): Promise<void> =>
    cluster.bindRole({
      namespace,
      role: { kind: 'ClusterRole', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'monitoring', name: 'reader' },
    });
  const until = (tenant: string, expected: string): Promise<true> =>
    poll(async () => ((await access.ask(token, tenant)) === expected ? true : undefined), {
      what: `${tenant}: ${expected}`,
      withinMs: 10_000,
    });

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await installFrontend(cluster, SETTINGS);
    await cluster.createClusterRole('metrics-reader', [
      { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
    ]);
    await cluster.createServiceAccount('monitoring', 'reader');
    token = await cluster.requestToken('monitoring', 'reader');
    await cluster.createNamespace('red-web', label('red'));
    await cluster.createNamespace('red-db', label('red'));
    await cluster.createNamespace('blue', label('true'));
    await cluster.createNamespace('unlabelled');
    access = await startAccess(cluster, SETTINGS);
    await access.running.ready();
    await poll(async () => (access.events.includes('namespaces_followed') ? true : undefined), {
      what: 'the namespaces to be read',
    });
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    await cluster?.stop();
  });

  it('are open to who may read every namespace of them, and follow the labels', async () => {
    await bind('red-web');
    await bind('unlabelled');
    await until('red', 'tenant_denied:red');
    expect(await access.ask(token, 'red-web')).toBe('tenant_denied:red-web');
    expect(await access.ask(token, 'unlabelled')).toBe('tenant_denied:unlabelled');
    expect(await access.ask(token)).toBe('tenant_none_allowed');

    await bind('red-db');
    await until('red', 'red');
    await bind('blue');
    await until('blue', 'blue');
    expect(await access.ask(token)).toBe('blue,red');

    await cluster.createNamespace('red-new', label('red'));
    await until('red', 'tenant_denied:red');
    await bind('red-new');
    await until('red', 'red');
  }, 60_000);
});
