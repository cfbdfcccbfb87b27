import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { reviewRules } from '../../../lib/query-frontend/review-rules.ts';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { bodyOf } from '../query-frontend/support/envelope.ts';
import type { RunningFrontend } from '../query-frontend/support/frontend-process.ts';
import { get, withToken } from '../query-frontend/support/question.ts';
import {
  startTwoTenants,
  TWO_TENANTS_PARTS,
  type TwoTenants,
} from '../query-frontend/support/two-tenants.ts';

/** What a frontend that follows the namespaces needs beside the reviews. */
const RULES = reviewRules({
  review: 'self',
  allNamespaces: {
    enabled: true,
    maxCandidates: 1,
    maxTenants: 1,
    parallelReviews: 1,
    skippedTtlMs: 0,
  },
  tenantMapping: { enabled: false },
  rightsWatch: { enabled: false },
});

const CALLERS = {
  one: ['team-a'],
  two: ['team-a', 'team-c'],
  nobody: [],
} as const;

await describeReal('the list of the tenants that a caller may read', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;

  beforeAll(async () => {
    tenants = await startTwoTenants();
    const { cluster } = tenants;
    await cluster.createClusterRole('namespaces-reader', [...RULES]);
    await cluster.bindClusterRole('namespaces-reader', {
      kind: 'ServiceAccount',
      namespace: 'monitoring',
      name: 'query-frontend',
    });
    await cluster.createClusterRole('metrics-reader', [
      { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
    ]);
    await cluster.createNamespace('team-c', { [TENANT_NAMESPACE_LABEL]: 'true' });
    await cluster.createNamespace('no-tenant');
    for (const team of ['team-a', 'team-b']) {
      const labels = { [TENANT_NAMESPACE_LABEL]: 'true' };
      const merge = { contentType: 'application/merge-patch+json' };
      await cluster.request('PATCH', `/api/v1/namespaces/${team}`, { metadata: { labels } }, merge);
    }
    for (const [name, namespaces] of Object.entries(CALLERS)) {
      await cluster.createServiceAccount('monitoring', name);
      // A right in a namespace that is no tenant's is none to read it.
      for (const namespace of [...namespaces, 'no-tenant']) {
        await cluster.bindRole({
          namespace,
          role: { kind: 'ClusterRole', name: 'metrics-reader' },
          subject: { kind: 'ServiceAccount', namespace: 'monitoring', name },
        });
      }
    }
    frontend = await tenants.startFrontend({ allNamespaces: { enabled: true } });
  }, 300_000);

  afterAll(() => tenants?.stop());

  const listFor = async (name: string): Promise<readonly unknown[]> => {
    const token = await tenants.cluster.requestToken('monitoring', name);
    const answer = await frontend.ask(withToken(get('/-/explain'), token));
    expect(answer.status).toBe(200);
    const list = readPath(bodyOf(answer), 'data', 'namespaces');
    if (!Array.isArray(list)) throw new TypeError(answer.text);
    for (const other of ['team-a', 'team-b', 'team-c', 'no-tenant']) {
      const isListed = list.some((it) => readPath(it, 'name') === other);
      if (!isListed) expect(answer.text).not.toContain(other);
    }
    return list.map((it) => [readPath(it, 'name'), readPath(it, 'verdict')]);
  };

  it.each(Object.entries(CALLERS))('is for %s: %j, and asks nobody upstream', async (name, may) => {
    tenants.proxy.forget();
    const expected = may.map((namespace) => [namespace, 'allowed']);
    // The API server hears of a new binding a moment later.
    const list = await poll(
      async () => {
        const found = await listFor(name);
        return found.length === expected.length ? found : undefined;
      },
      { what: `a list of ${expected.length}` },
    );
    expect(list).toEqual(expected);
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('is not shown to somebody without a token', async () => {
    expect((await frontend.ask(get('/-/explain'))).status).toBe(401);
  });
});
