import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import { type FaultProxy, startFaultProxy } from '../faults/fault-proxy.ts';
import type { HttpAnswer } from '../harness/http-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from '../query-frontend/support/envelope.ts';
import { startFrontend } from '../query-frontend/support/frontend.ts';
import type { RunningFrontend } from '../query-frontend/support/frontend-process.ts';
import { get, withToken } from '../query-frontend/support/question.ts';
import {
  type RecordingProxy,
  startRecordingProxy,
} from '../query-frontend/support/recording-proxy.ts';
import { AT, seriesOf, shows, type TenantName } from '../query-frontend/support/tenant-series.ts';
import { TWO_TENANTS_PARTS } from '../query-frontend/support/two-tenants.ts';
import { installFrontend } from './running-frontend.ts';

const SETTINGS = {
  tenantMapping: { enabled: true },
  allNamespaces: { enabled: true, skippedTtlMs: 0 },
  cache: { authenticatedTtlMs: 0, allowedTtlMs: 0, deniedTtlMs: 0 },
};
const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const DENIED = { status: 403, code: 'tenant_denied' };
const ALLOWED = { status: 200, code: undefined };

// Both tenants have series. That team-a is the namespaces shop-web and shop-db says a label of these;
// a namespace of team-b does not exist.
await describeReal('the label that maps namespaces to tenants', TWO_TENANTS_PARTS, () => {
  const started = new AsyncDisposableStack();
  let cluster: TestCluster;
  let reviews: FaultProxy;
  let upstream: RecordingProxy;
  let frontend: RunningFrontend;

  const setLabel = async (namespace: string, tenant: string): Promise<void> => {
    const patch = { metadata: { labels: { [TENANT_NAMESPACE_LABEL]: tenant } } };
    const merge = { contentType: 'application/merge-patch+json' };
    await cluster.request('PATCH', `/api/v1/namespaces/${namespace}`, patch, merge);
  };
  const account = (name: string) =>
    ({ kind: 'ServiceAccount', namespace: 'monitoring', name }) as const;
  const bind = (namespace: string, name: string): Promise<void> =>
    cluster.bindRole({
      namespace,
      role: { kind: 'ClusterRole', name: 'metrics-reader' },
      subject: account(name),
    });
  /** What the API server itself says about one namespace. */
  const allows = async (name: string, namespace: string): Promise<unknown> => {
    const user = `system:serviceaccount:monitoring:${name}`;
    const attributes = { verb: 'get', resource: 'namespace', subresource: 'metrics' };
    const spec = { user, resourceAttributes: { namespace, ...attributes } };
    const { body } = await cluster.request('POST', REVIEWS, { spec });
    return readPath(body, 'status', 'allowed');
  };
  const ask = async (name: string, tenant?: TenantName): Promise<HttpAnswer> => {
    const prefix = tenant === undefined ? '' : `/namespaces/${tenant}`;
    const question = get(`${prefix}/api/v1/query`, { query: 'shop_orders', ...AT });
    return frontend.ask(withToken(question, await cluster.requestToken('monitoring', name)));
  };
  const until = (name: string, tenant: TenantName, outcome: object): Promise<HttpAnswer> =>
    poll(
      async () => {
        const answer = await ask(name, tenant);
        return JSON.stringify(outcomeOf(answer)) === JSON.stringify(outcome) ? answer : undefined;
      },
      { what: `${name} in ${tenant}: ${JSON.stringify(outcome)}`, withinMs: 20_000 },
    );
  const reviewed = (): readonly string[] => reviews.targets.filter((target) => target === REVIEWS);

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    started.defer(cluster.stop);
    const prometheus = await startPrometheus({ openMetrics: seriesOf('team-a', 'team-b') });
    started.defer(prometheus.stop);
    upstream = await startRecordingProxy(prometheus.url);
    started.defer(upstream.stop);
    await installFrontend(cluster, SETTINGS);
    await cluster.createClusterRole('metrics-reader', [
      { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
    ]);
    for (const name of ['developer', 'mallory', 'everywhere']) {
      await cluster.createServiceAccount('monitoring', name);
    }
    await cluster.bindClusterRole('metrics-reader', account('everywhere'));
    await cluster.createNamespace('shop-web', { [TENANT_NAMESPACE_LABEL]: 'team-a' });
    await cluster.createNamespace('shop-db', { [TENANT_NAMESPACE_LABEL]: 'team-a' });
    await cluster.createNamespace('lab', { [TENANT_NAMESPACE_LABEL]: 'true' });
    await bind('shop-web', 'developer');
    await bind('lab', 'mallory');
    reviews = await startFaultProxy(cluster.url, await readFile(cluster.caFile, 'utf8'));
    started.defer(reviews.stop);
    frontend = await startFrontend({
      cluster,
      upstreamUrl: upstream.url,
      access: SETTINGS,
      apiServer: { url: reviews.url, caFile: reviews.caFile },
    });
    started.defer(frontend.stop);
    await until('everywhere', 'team-a', ALLOWED);
  }, 300_000);

  afterAll(() => started.disposeAsync());

  beforeEach(() => {
    upstream.forget();
    reviews.plant();
  });

  it('lets in who may read every namespace of the tenant, and nobody who may read one', async () => {
    expect(await allows('developer', 'shop-web')).toBe(true);
    expect(outcomeOf(await ask('developer', 'team-a'))).toEqual(DENIED);
    expect(upstream.requests).toEqual([]);
    await bind('shop-db', 'developer');
    const answer = await until('developer', 'team-a', ALLOWED);
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(shows(answer.text, 'team-b')).toBe(false);
  });

  it('gives nothing to who puts a namespace of their own into a tenant', async () => {
    expect(outcomeOf(await ask('mallory', 'team-a'))).toEqual(DENIED);
    await setLabel('lab', 'team-a');
    // What the frontend would have to go by if it asked about one namespace of the tenant.
    expect(await allows('mallory', 'lab')).toBe(true);
    // The label is followed: those who may not read the new namespace lose the tenant, which is why
    // admission has to protect the label.
    await until('developer', 'team-a', DENIED);
    upstream.forget();
    expect(outcomeOf(await ask('mallory', 'team-a'))).toEqual(DENIED);
    expect(upstream.requests).toEqual([]);
    await setLabel('lab', 'true');
    await until('developer', 'team-a', ALLOWED);
  });

  it('makes no tenant of a name without a Namespace, whatever series have it', async () => {
    // The API server would allow it: it knows rights, and does not ask whether the namespace exists.
    expect(await allows('everywhere', 'team-b')).toBe(true);
    expect(outcomeOf(await ask('everywhere', 'team-b'))).toEqual(DENIED);
    expect(reviewed()).toEqual([]);
    expect(upstream.requests).toEqual([]);
  });

  it('is where all namespaces of a caller come from, and not the series', async () => {
    const answer = await ask('everywhere');
    expect(outcomeOf(answer)).toEqual(ALLOWED);
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(shows(answer.text, 'team-b')).toBe(false);
    // Of shop-web, shop-db and lab.
    expect(reviewed()).toHaveLength(3);
  });
});
