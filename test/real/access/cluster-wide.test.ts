import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SEED_ATTRIBUTES } from '../../../frontend/config/query-frontend.ts';
import { ClusterReaders, Subject } from '../../../tenant/onboarding/index.ts';
import { manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { READS } from '../query-frontend/support/endpoints.ts';
import { dataOf, outcomeOf } from '../query-frontend/support/envelope.ts';
import type { RunningFrontend } from '../query-frontend/support/frontend-process.ts';
import { get, post, withToken } from '../query-frontend/support/question.ts';
import { AT, shows } from '../query-frontend/support/tenant-series.ts';
import {
  startTwoTenants,
  TWO_TENANTS_PARTS,
  type TwoTenants,
} from '../query-frontend/support/two-tenants.ts';

const ALL = '/all-namespaces';
const ORDERS = { query: 'shop_orders', ...AT };
const ALLOWED = { status: 200, code: undefined };
const DENIED = { status: 403, code: 'cluster_denied' };
const UNKNOWN = { status: 404, code: 'route_unknown' };
const LONG = { authenticatedTtlMs: 300_000, allowedTtlMs: 300_000, deniedTtlMs: 300_000 };
const ON = { clusterWide: { enabled: true } };
const READER = [{ apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] }];
const PLATFORM_RULE = { apiGroups: ['metrics.example'], resources: ['cluster'], verbs: ['get'] };
const ACCOUNTS = [
  'platform',
  'everywhere',
  'nobody',
  'late',
  'operator',
  'ruler',
  'bound',
] as const;

type Account = (typeof ACCOUNTS)[number];

const subject = (name: Account | 'query-frontend') =>
  ({ kind: 'ServiceAccount', namespace: 'monitoring', name }) as const;

await describeReal('reads of the whole cluster', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;
  const tokens = new Map<Account, string>();

  beforeAll(async () => {
    tenants = await startTwoTenants();
    const { cluster } = tenants;
    await cluster.createClusterRole('metrics-reader', READER);
    await cluster.createClusterRole('watch-rights', [
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
        verbs: ['list', 'watch'],
      },
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['list', 'watch'] },
    ]);
    await cluster.bindClusterRole('watch-rights', subject('query-frontend'));
    for (const name of ACCOUNTS) {
      await cluster.createServiceAccount('monitoring', name);
      tokens.set(name, await cluster.requestToken('monitoring', name));
    }
    await cluster.bindClusterRole('metrics-reader', subject('platform'));
    for (const namespace of await namespacesOf(tenants)) {
      const role = { kind: 'ClusterRole', name: 'metrics-reader' } as const;
      await cluster.bindRole({ namespace, role, subject: subject('everywhere') });
    }
    frontend = await tenants.startFrontend(ON);
  }, 300_000);

  afterAll(() => tenants?.stop());

  beforeEach(() => {
    tenants.proxy.forget();
  });

  const ask = (
    path: string,
    as: Account,
    server: RunningFrontend = frontend,
  ): ReturnType<RunningFrontend['ask']> =>
    server.ask(withToken(get(path, ORDERS), tokens.get(as) ?? ''));
  const askAll = async (as: Account, server?: RunningFrontend): Promise<unknown> =>
    outcomeOf(await ask(`${ALL}/api/v1/query`, as, server));

  describe.each(READS)('%s', (_name, question) => {
    it('shows every tenant to whoever may read all namespaces', async () => {
      const token = tokens.get('platform') ?? '';
      const answer = await frontend.ask(withToken(question(ALL), token));
      expect(outcomeOf(answer)).toEqual(ALLOWED);
      expect(shows(answer.text, 'team-a')).toBe(true);
      expect(shows(answer.text, 'team-b')).toBe(true);
      const own = await frontend.ask(withToken(question('/namespaces/team-a'), token));
      expect(shows(own.text, 'team-a')).toBe(true);
      expect(shows(own.text, 'team-b')).toBe(false);
      expect(tenants.proxy.requests).toHaveLength(2);
    });

    it('is refused to a tenant, and nobody is asked', async () => {
      const token = await tenants.tokenOf('team-a');
      const answer = await frontend.ask(withToken(question(ALL), token));
      expect(outcomeOf(answer)).toEqual(DENIED);
      expect(tenants.proxy.requests).toEqual([]);
    });
  });

  it('is not what rights in every namespace add up to', async () => {
    const named = (await namespacesOf(tenants)).map((name) => `namespace=${name}`).join('&');
    const each = await ask(`/api/v1/query?${named}`, 'everywhere');
    expect(outcomeOf(each)).toEqual(ALLOWED);
    expect(shows(each.text, 'team-b')).toBe(true);
    tenants.proxy.forget();
    expect(await askAll('everywhere')).toEqual(DENIED);
    expect(await askAll('nobody')).toEqual(DENIED);
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('is not reached by an empty name, nor by any other', async () => {
    const token = tokens.get('everywhere') ?? '';
    for (const namespace of ['', '*', '.*', 'all-namespaces']) {
      for (const question of [
        get('/api/v1/query', { ...ORDERS, namespace }),
        post('/api/v1/query', { ...ORDERS, namespace }),
        get(`/namespaces/${encodeURIComponent(namespace)}/api/v1/query`, ORDERS),
        { ...get('/api/v1/query', ORDERS), headers: { 'X-Scope-OrgID': namespace } },
      ]) {
        const { status } = outcomeOf(await frontend.ask(withToken(question, token)));
        expect([400, 403]).toContain(status);
      }
    }
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('stands in the audit log as what it is', async () => {
    await askAll('platform');
    const lines = await poll(
      async () => {
        const text = await readFile(frontend.logFile, 'utf8');
        const found = text.split('\n').filter((line) => line.includes('"scope":"cluster"'));
        return found.some((line) => line.includes(':platform"')) ? found : undefined;
      },
      { what: 'the line of the request' },
    );
    expect(lines.find((line) => line.includes(':platform"'))).toContain('"decision":"answered"');
  });

  it('does not exist where it is off', async () => {
    const off = await tenants.startFrontend();
    expect(await askAll('platform', off)).toEqual(UNKNOWN);
    expect(tenants.proxy.requests).toEqual([]);
    expect(outcomeOf(await ask('/namespaces/team-b/api/v1/query', 'platform', off))).toEqual(
      ALLOWED,
    );
  });

  it('is reviewed by the caller itself, where callers review themselves', async () => {
    const own = await tenants.startFrontend({ ...ON, review: 'self', audiences: [] });
    expect(await askAll('platform', own)).toEqual(ALLOWED);
    expect(await askAll('everywhere', own)).toEqual(DENIED);
    expect(tenants.proxy.requests).toHaveLength(1);
  });

  it('takes a permission of its own, where there is one', async () => {
    const { cluster } = tenants;
    await cluster.createClusterRole('platform-metrics', [PLATFORM_RULE]);
    await cluster.bindClusterRole('platform-metrics', subject('operator'));
    const attributes = { verb: 'get', group: 'metrics.example', resource: 'cluster', subresource: '' }; // prettier-ignore
    const own = await tenants.startFrontend({ clusterWide: { enabled: true, attributes } });
    await poll(async () => ((await askAll('operator', own)) as typeof ALLOWED).status === 200 || undefined, { what: 'the right' }); // prettier-ignore
    const explained = await ask(`${ALL}/-/explain`, 'operator', own);
    expect(dataOf(explained)).toMatchObject({
      attributes,
      namespaces: [],
      clusterWide: { verdict: 'allowed', source: 'cache' },
      query: { outcome: 'sent', text: 'shop_orders' },
    });
    expect(await askAll('platform', own)).toEqual(DENIED);
    expect(outcomeOf(await ask('/namespaces/team-a/api/v1/query', 'operator', own))).toEqual({
      status: 403,
      code: 'tenant_denied',
    });
  });

  it('is given by the objects of the kit', async () => {
    expect(await askAll('bound')).toEqual(DENIED);
    const chart = platformChart();
    void new ClusterReaders(chart, 'readers', {
      frontend: { clusterWideAttributes: [SEED_ATTRIBUTES] },
      readers: [Subject.serviceAccount('bound', 'monitoring')],
    });
    const objects: readonly Manifest[] = manifestsOf(chart).map((it) => ({ ...it }));
    const { stderr } = await tenants.cluster.apply(objects);
    expect(stderr).toBe('');
    await poll(
      async () =>
        JSON.stringify(await askAll('bound')) === JSON.stringify(ALLOWED) ? true : undefined,
      { what: 'the right to be known' },
    );
    const { status, text } = await ask('/namespaces/team-b/api/v1/query', 'bound');
    expect([status, shows(text, 'team-a'), shows(text, 'team-b')]).toEqual([200, false, true]);
  });

  it('ends with the ClusterRoleBinding, however long verdicts are remembered', async () => {
    const { cluster } = tenants;
    const followed = await tenants.startFrontend({
      ...ON,
      rightsWatch: { enabled: true },
      cache: LONG,
    });
    const until = (expected: object): Promise<true> =>
      poll(
        async () =>
          JSON.stringify(await askAll('late', followed)) === JSON.stringify(expected)
            ? true
            : undefined,
        { what: JSON.stringify(expected), withinMs: 20_000 },
      );
    await poll(
      async () =>
        (await readFile(followed.logFile, 'utf8')).includes('rights_followed') ? true : undefined,
      { what: 'the watches to begin' },
    );
    expect(await askAll('late', followed)).toEqual(DENIED);
    await cluster.bindClusterRole('metrics-reader', subject('late'));
    await until(ALLOWED);
    await cluster.deleteObject('clusterrolebinding', 'metrics-reader-monitoring-late');
    await until(DENIED);
  }, 120_000);

  it('asks for the attributes of each class of endpoints, here and in a namespace', async () => {
    const { cluster } = tenants;
    const rules = {
      verb: 'get',
      group: 'monitoring.coreos.com',
      resource: 'prometheusrules',
      subresource: '',
      name: 'shop',
    };
    await cluster.createRole('team-a', 'rules-reader', [
      {
        apiGroups: ['monitoring.coreos.com'],
        resources: ['prometheusrules'],
        resourceNames: ['shop'],
        verbs: ['get'],
      },
    ]);
    const role = { kind: 'Role', name: 'rules-reader' } as const;
    await cluster.bindRole({ namespace: 'team-a', role, subject: subject('ruler') });
    const own = await tenants.startFrontend({ ...ON, attributesByEndpoint: { rules } });
    const other = await tenants.startFrontend({
      ...ON,
      attributesByEndpoint: { rules: { ...rules, name: 'other' } },
    });
    const outcome = async (path: string, as: Account, server = own): Promise<unknown> =>
      outcomeOf(await ask(path, as, server));
    const denied = { status: 403, code: 'tenant_denied' };
    const allowedRules = await ask('/namespaces/team-a/api/v1/rules', 'ruler', own);
    expect(outcomeOf(allowedRules)).toEqual(ALLOWED);
    expect(dataOf(allowedRules)).toEqual({ groups: [] });
    expect(await outcome('/namespaces/team-a/api/v1/query', 'ruler')).toEqual(denied);
    expect(await outcome('/namespaces/team-a/api/v1/alerts', 'ruler')).toEqual(denied);
    expect(await outcome('/namespaces/team-a/api/v1/rules', 'ruler', other)).toEqual(denied);
    expect(await outcome('/namespaces/team-a/api/v1/rules', 'platform')).toEqual(denied);
    expect(await outcome(`${ALL}/api/v1/rules`, 'platform')).toEqual(DENIED);
    expect(await outcome(`${ALL}/api/v1/query`, 'platform')).toEqual(ALLOWED);
    expect(await outcome('/namespaces/team-a/api/v1/rules', 'ruler')).toEqual(ALLOWED);
    const explained = await ask(`${ALL}/-/explain`, 'ruler', own);
    expect(dataOf(explained)).toMatchObject({
      attributes: SEED_ATTRIBUTES,
      clusterWide: { verdict: 'denied' },
      query: { outcome: 'refused', code: 'cluster_denied' },
    });
  });
});

async function namespacesOf({ cluster }: TwoTenants): Promise<readonly string[]> {
  const { stdout } = await cluster.kubectl(['get', 'namespaces', '--output=name']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.slice(line.indexOf('/') + 1));
}
