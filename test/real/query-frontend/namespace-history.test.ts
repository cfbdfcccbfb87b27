import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { installTenant } from '../access/running-frontend.ts';
import type { HttpAnswer } from '../harness/http-request.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from './support/envelope.ts';
import type { RunningFrontend } from './support/frontend-process.ts';
import { get, withToken } from './support/question.ts';
import { AT, shows } from './support/tenant-series.ts';
import { startTwoTenants, TWO_TENANTS_PARTS, type TwoTenants } from './support/two-tenants.ts';

const PARTS = [...TWO_TENANTS_PARTS, 'kube-controller-manager'] as const;
const NOTHING_REMEMBERED = {
  authenticatedTtlMs: 0,
  rejectedTtlMs: 0,
  allowedTtlMs: 0,
  deniedTtlMs: 0,
};

// The history of a namespace belongs to its name, which is documented: these tests hold what does
// and what does not pass to the next owner.
await describeReal('a namespace that is deleted and made again', PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;
  let firstOwner: string;
  let reader: string;

  beforeAll(async () => {
    tenants = await startTwoTenants({ controllerManager: true });
    frontend = await tenants.startFrontend({ cache: NOTHING_REMEMBERED });
    const { cluster } = tenants;
    firstOwner = await tenants.tokenOf('team-a');
    // One of another namespace, whom the first owner lets in.
    await cluster.bindRole({
      namespace: 'team-a',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'team-b', name: 'grafana' },
    });
    reader = await tenants.tokenOf('team-b');
  }, 300_000);

  afterAll(() => tenants?.stop());

  const ask = (token: string, namespace = 'team-a'): Promise<HttpAnswer> => {
    const question = get(`/namespaces/${namespace}/api/v1/query`, { query: 'shop_orders', ...AT });
    return frontend.ask(withToken(question, token));
  };
  const until = (token: string, status: number): Promise<HttpAnswer> =>
    poll(
      async () => {
        const answer = await ask(token);
        return answer.status === status ? answer : undefined;
      },
      { what: `status ${status}` },
    );

  it('lets its readers in at first', async () => {
    for (const token of [firstOwner, reader]) {
      const answer = await ask(token);
      expect(answer.status).toBe(200);
      expect(shows(answer.text, 'team-a')).toBe(true);
    }
  });

  it('lets nobody in once it is gone, although its series are still stored', async () => {
    const { cluster, prometheus } = tenants;
    await mustKubectl(cluster.kubectl, ['delete', 'namespace', 'team-a', '--timeout=60s']);
    // The API server takes a token for ten more seconds after its ServiceAccount has gone.
    expect(outcomeOf(await until(firstOwner, 401)).code).toBe('token_rejected');
    expect(outcomeOf(await until(reader, 403)).code).toBe('tenant_denied');
    const stored = await fetch(
      `${prometheus.url}/api/v1/query?query=shop_orders&time=${AT['time']}`,
    );
    expect(shows(await stored.text(), 'team-a')).toBe(true);
  });

  it('shows its history to the next owner, and to nobody whom the first one let in', async () => {
    await installTenant(tenants.cluster, 'team-a');
    const nextOwner = await tenants.tokenOf('team-a');
    const answer = await until(nextOwner, 200);
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(shows(answer.text, 'team-b')).toBe(false);
    expect(outcomeOf(await ask(firstOwner))).toEqual({ status: 401, code: 'token_rejected' });
    expect(outcomeOf(await ask(reader))).toEqual({ status: 403, code: 'tenant_denied' });
  });
});
