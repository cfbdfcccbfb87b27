import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SEED_ATTRIBUTES } from '../../../frontend/config/query-frontend.ts';
import { AggregatedReaders, USER_FACING_ROLES } from '../../../tenant/onboarding/index.ts';
import { manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import type { HttpAnswer } from '../harness/http-request.ts';
import { mustRequest } from '../harness/kube-request.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from '../query-frontend/support/envelope.ts';
import type { RunningFrontend } from '../query-frontend/support/frontend-process.ts';
import { get, withToken } from '../query-frontend/support/question.ts';
import { AT, shows } from '../query-frontend/support/tenant-series.ts';
import {
  startTwoTenants,
  TWO_TENANTS_PARTS,
  type TwoTenants,
} from '../query-frontend/support/two-tenants.ts';

const PARTS = [...TWO_TENANTS_PARTS, 'kube-controller-manager'] as const;

const DENIED = { status: 403, code: 'tenant_denied' };
const RULE = { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] };

await describeReal('roles of Kubernetes that metrics are aggregated into', PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    tenants = await startTwoTenants({ controllerManager: true });
    // Rights change here, so nothing may be remembered.
    frontend = await tenants.startFrontend({ cache: { allowedTtlMs: 0, deniedTtlMs: 0 } });
    const { cluster } = tenants;
    for (const role of USER_FACING_ROLES) {
      await cluster.createServiceAccount('team-a', role);
      await cluster.bindRole({
        namespace: 'team-a',
        role: { kind: 'ClusterRole', name: role },
        subject: { kind: 'ServiceAccount', namespace: 'team-a', name: role },
      });
      tokens.set(role, await cluster.requestToken('team-a', role));
    }
  }, 300_000);

  afterAll(() => tenants?.stop());

  const ask = (role: string, namespaces: string): Promise<HttpAnswer> => {
    const path = `/namespaces/${namespaces}/api/v1/query`;
    const question = get(path, { query: 'shop_orders', ...AT });
    return frontend.ask(withToken(question, tokens.get(role) ?? ''));
  };

  const rulesOf = async (role: string): Promise<readonly unknown[]> => {
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`;
    const rules = readPath(await mustRequest(tenants.cluster.request, 'GET', path), 'rules');
    return Array.isArray(rules) ? rules : [];
  };

  // The control plane aggregates in its own time, and the API server hears of that a moment later.
  const untilAsked = async (role: string, status: number): Promise<HttpAnswer> =>
    poll(
      async () => {
        const answer = await ask(role, 'team-a');
        return answer.status === status ? answer : undefined;
      },
      { what: `${role} to get ${status}` },
    );

  it('let in nobody before, who holds one of them', async () => {
    for (const role of USER_FACING_ROLES) {
      await poll(async () => ((await rulesOf(role)).length > 0 ? true : undefined), {
        what: `the rules of ${role}`,
      });
      expect(outcomeOf(await ask(role, 'team-a'))).toEqual(DENIED);
    }
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('let in, by a plain RoleBinding, to that namespace alone', async () => {
    const before = await rulesOf('view');
    await tenants.cluster.apply(manifests());
    for (const role of USER_FACING_ROLES) {
      const answer = await untilAsked(role, 200);
      expect(shows(answer.text, 'team-a')).toBe(true);
      expect(shows(answer.text, 'team-b')).toBe(false);
      tenants.proxy.forget();
      expect(outcomeOf(await ask(role, 'team-b'))).toEqual(DENIED);
      const both = await ask(role, 'team-a,team-b');
      expect(outcomeOf(both)).toEqual(DENIED);
      expect(both.text).toContain('team-b');
      expect(both.text).not.toContain('namespace team-a');
      expect(tenants.proxy.requests).toEqual([]);
    }
    const texts = new Set(before.map((rule) => JSON.stringify(rule)));
    const added = (await rulesOf('view')).filter((rule) => !texts.has(JSON.stringify(rule)));
    expect(added).toEqual([RULE]);
  });

  it('let in nobody any more once the rule is gone', async () => {
    await tenants.cluster.deleteObject('clusterrole', 'prometheus-tenancy-kit-metrics-reader');
    for (const role of USER_FACING_ROLES) {
      expect(outcomeOf(await untilAsked(role, 403))).toEqual(DENIED);
    }
  });
});

function manifests(): readonly Readonly<Record<string, unknown>>[] {
  const chart = platformChart();
  void new AggregatedReaders(chart, 'readers', { frontend: { attributes: SEED_ATTRIBUTES } });
  return manifestsOf(chart).map((it) => ({ ...it }));
}
