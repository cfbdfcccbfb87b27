import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { installFrontend, type RealAccess, startAccess } from './running-frontend.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl'] as const;
// More than one page of a list, and more than one second of the budget.
const TEAMS = 300;
const SETTINGS = {
  allNamespaces: { enabled: true },
  cache: { deniedTtlMs: 500, allowedTtlMs: 1_000 },
};

await describeReal('all namespaces that a caller may read', PARTS, () => {
  let cluster: TestCluster;
  let access: RealAccess;

  const label = { [TENANT_NAMESPACE_LABEL]: 'true' };
  const team = (number: number): string => `team-${String(number).padStart(3, '0')}`;
  const reader = (name: string): Promise<void> => cluster.createServiceAccount('monitoring', name);
  const bind = (namespace: string, name: string): Promise<void> =>
    cluster.bindRole({
      namespace,
      role: { kind: 'ClusterRole', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'monitoring', name },
    });
  const tokenOf = (name: string): Promise<string> => cluster.requestToken('monitoring', name);

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await installFrontend(cluster, SETTINGS);
    await cluster.createClusterRole('metrics-reader', [
      { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
    ]);
    for (let number = 0; number < TEAMS; number += 1) {
      await cluster.createNamespace(team(number), label);
    }
    await cluster.createNamespace('unlabelled');
    for (const name of ['twenty', 'nobody', 'late', 'everything']) await reader(name);
    for (let number = 0; number < TEAMS; number += 15) await bind(team(number), 'twenty');
    await bind('unlabelled', 'twenty');
    await cluster.bindClusterRole('metrics-reader', {
      kind: 'ServiceAccount',
      namespace: 'monitoring',
      name: 'everything',
    });
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

  it('are those of the tenants alone, each reviewed, and then remembered', async () => {
    const token = await tokenOf('twenty');
    const expected = Array.from({ length: 20 }, (_, index) => team(index * 15)).join(',');
    expect(await access.ask(token)).toBe(expected);
    const { access: reviews } = access.reviews;
    expect(reviews).toBe(TEAMS);
    expect(await access.ask(token)).toBe(expected);
    // Denials are skipped for a minute, so at most the allowed ones are asked about again.
    expect(access.reviews.access - reviews).toBeLessThanOrEqual(20);
    expect(await access.ask(token, 'unlabelled')).toBe('unlabelled');
  });

  it('are refused where there is none', async () => {
    expect(await access.ask(await tokenOf('nobody'))).toBe('tenant_none_allowed');
  });

  it('are refused where there are too many for one request', async () => {
    expect(await access.ask(await tokenOf('everything'))).toBe('limit_tenants');
  });

  it('follow a namespace that becomes a tenant, and one that ends to be one', async () => {
    const token = await tokenOf('late');
    await cluster.createNamespace('fresh', label);
    await bind('fresh', 'late');
    const until = (expected: string): Promise<true> =>
      poll(async () => ((await access.ask(token)) === expected ? true : undefined), {
        what: expected,
        withinMs: 15_000,
      });
    await until('fresh');
    const merge = { contentType: 'application/merge-patch+json' };
    const patch = { metadata: { labels: { [TENANT_NAMESPACE_LABEL]: null } } };
    await cluster.request('PATCH', '/api/v1/namespaces/fresh', patch, merge);
    await until('tenant_none_allowed');
    expect(await access.ask(token, 'fresh')).toBe('fresh');
  }, 60_000);
});
