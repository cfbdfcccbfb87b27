import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bundleRuntime } from '../../../frontend/bundle.ts';
import {
  AlertmanagerUpstream,
  RulesUpstream,
  RuntimeCode,
  TenantQueryFrontend,
} from '../../../lib/index.ts';
import { Namespace, Subject, Tenant } from '../../../tenant/onboarding/index.ts';
import { manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import { QUERIER } from '../../lib/support/querier.ts';
import { type RunningAlertmanager, startAlertmanager } from '../harness/alertmanager.ts';
import { type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from './support/envelope.ts';
import { get, type Question, withHeaders, withToken } from './support/question.ts';
import {
  applyAccess,
  startSynthesisedFrontend,
  type SynthesisedFrontend,
} from './support/synthesised-frontend.ts';
import type { Manifests } from './support/synthesised.ts';
import { AT, seriesOf, shows } from './support/tenant-series.ts';
import { TWO_TENANTS_PARTS } from './support/two-tenants.ts';

const TENANTS = ['team-a', 'team-b'] as const;
const HOUR_MS = 3_600_000;

/** A frontend with a ruler and an Alertmanager of the operator, and two tenants. */
async function synthesise(): Promise<Manifests> {
  const platform = platformChart();
  const frontend = new TenantQueryFrontend(platform, 'frontend', {
    upstream: QUERIER,
    code: RuntimeCode.configMap(await bundleRuntime('query-frontend')),
    upstreams: {
      rules: RulesUpstream.ruler({
        name: 'thanos-ruler',
        pods: { component: 'thanos-ruler', podLabels: { app: 'ruler' }, metricsPorts: [] },
        tenancyLabel: QUERIER.tenancyLabel,
      }),
      alertmanager: AlertmanagerUpstream.operated('main'),
    },
    endpoints: { silenceWrites: true },
  });
  const scraper = { namespace: 'monitoring', pods: frontend.pods };
  const charts = TENANTS.map((namespace) => {
    const chart = new Chart(platform.node.root, namespace, { disableResourceNameHashes: true });
    void new Tenant(chart, 'tenant', {
      namespace,
      frontend,
      scraper,
      namespaceObject: Namespace.managed(),
      // The other tenant reads its silences, and changes none.
      silencers: namespace === 'team-a' ? [Subject.serviceAccount('metrics-reader')] : [],
    });
    return chart;
  });
  // As they are written: what the objects hold of cdk8s' own is not in a manifest.
  return JSON.parse(JSON.stringify(manifestsOf(platform, ...charts))) as Manifests;
}

function rulesOf(tenant: string): object {
  const labels = { namespace: tenant };
  return {
    name: `group of ${tenant}`,
    rules: [
      { record: `recorded_by_${tenant.replace('-', '_')}`, expr: 'vector(1)', labels },
      { alert: `Down-${tenant}`, expr: 'vector(1)', labels },
    ],
  };
}

function silence(tenant: string): string {
  const nowMs = Date.now();
  const matcher = { isRegex: false, isEqual: true };
  return JSON.stringify({
    matchers: [
      { ...matcher, name: 'namespace', value: tenant },
      { ...matcher, name: 'alertname', value: 'Down' },
    ],
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + HOUR_MS).toISOString(),
    createdBy: 'somebody',
    comment: `at work in ${tenant}`,
  });
}

const PARTS = [...TWO_TENANTS_PARTS, 'alertmanager'] as const;

await describeReal('a synthesised frontend with a ruler and an Alertmanager', PARTS, () => {
  const started = new AsyncDisposableStack();
  let cluster: TestCluster;
  let ruler: RunningPrometheus;
  let alertmanager: RunningAlertmanager;
  let frontend: SynthesisedFrontend;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    const folder = await tempFolder('other-upstreams');
    started.defer(folder.remove);
    const manifests = await synthesise();
    const queries = await startPrometheus({ openMetrics: seriesOf(...TENANTS) });
    started.defer(queries.stop);
    const ruleFile = join(folder.path, 'rules.yaml');
    await writeFile(ruleFile, JSON.stringify({ groups: TENANTS.map(rulesOf) }));
    ruler = await startPrometheus({
      config: JSON.stringify({ global: { evaluation_interval: '1s' }, rule_files: [ruleFile] }),
    });
    started.defer(ruler.stop);
    alertmanager = await startAlertmanager();
    started.defer(alertmanager.stop);
    cluster = await startKubeApiserver();
    started.defer(cluster.stop);
    await applyAccess(cluster, manifests);
    await mkdir(join(folder.path, 'frontend'));
    frontend = await startSynthesisedFrontend(cluster, manifests, {
      folder: join(folder.path, 'frontend'),
      upstreamUrl: queries.url,
      upstreamUrls: { rules: ruler.url, alertmanager: alertmanager.url },
    });
    started.defer(frontend.stop);
    for (const tenant of TENANTS) {
      const audiences = ['tenant-query-frontend'];
      tokens.set(tenant, await cluster.requestToken(tenant, 'metrics-reader', { audiences }));
    }
    await poll(
      async () => {
        const { text } = await sendRequest({ url: `${ruler.url}/api/v1/alerts` });
        return TENANTS.every((it) => text.includes(`Down-${it}`)) ? true : undefined;
      },
      { what: 'the alerts of both tenants' },
    );
  }, 300_000);

  afterAll(() => started.disposeAsync());

  const ask = (tenant: string, question: Question): Promise<HttpAnswer> =>
    frontend.ask(
      withToken(
        { ...question, path: `/namespaces/${tenant}${question.path}` },
        tokens.get(tenant) ?? '',
      ),
    );
  const create = (tenant: string, about = tenant): Promise<HttpAnswer> => {
    const question = { method: 'POST', path: '/api/v2/silences', body: silence(about) };
    return ask(tenant, withHeaders(question, { 'Content-Type': 'application/json' }));
  };
  const direct = async (): Promise<string> =>
    (await sendRequest({ url: `${alertmanager.url}/api/v2/silences` })).text;

  it('is started with other places alone', () => {
    expect(frontend.changedPaths).toEqual([
      'listener.address',
      'listener.port',
      'listener.tls.certFile',
      'listener.tls.keyFile',
      'operations.address',
      'operations.port',
      'upstream.url',
      'access.apiServer.url',
      'access.apiServer.caFile',
      'access.apiServer.tokenFile',
      'upstreams.rules.url',
      'upstreams.alertmanager.url',
    ]);
  });

  it.each([
    ['team-a', 'team-b'],
    ['team-b', 'team-a'],
  ] as const)(
    'shows %s its rules and alerts out of the ruler, and its series',
    async (tenant, other) => {
      for (const path of ['/api/v1/rules', '/api/v1/alerts']) {
        const { status, text } = await ask(tenant, get(path));
        expect([status, text.includes(`Down-${tenant}`), text.includes(other)]).toEqual([
          200,
          true,
          false,
        ]);
        const unfiltered = await sendRequest({ url: `${ruler.url}${path}` });
        expect(unfiltered.text).toContain(`Down-${other}`);
      }
      const series = await ask(tenant, get('/api/v1/query', { query: 'shop_orders', ...AT }));
      expect([shows(series.text, tenant), shows(series.text, other)]).toEqual([true, false]);
    },
  );

  it('keeps a silence of whoever the manifests let, and shows it to no other tenant', async () => {
    const created = await create('team-a');
    expect(created.status).toBe(200);
    const id = readString(JSON.parse(created.text), 'silenceID');
    expect(await direct()).toContain(id);
    expect((await ask('team-a', get('/api/v2/silences'))).text).toContain(id);
    const others = await ask('team-b', get('/api/v2/silences'));
    expect([others.status, others.text.includes(id)]).toEqual([200, false]);

    const expired = await ask('team-a', { method: 'DELETE', path: `/api/v2/silence/${id}` });
    expect(expired.status).toBe(200);
    const stored: unknown = JSON.parse(
      (await sendRequest({ url: `${alertmanager.url}/api/v2/silence/${id}` })).text,
    );
    expect(readPath(stored, 'status', 'state')).toBe('expired');
  });

  it('keeps none of a reader who is no silencer, nor one for another tenant', async () => {
    const before = await direct();
    expect(outcomeOf(await create('team-b'))).toEqual({ status: 403, code: 'silence_denied' });
    expect((await create('team-a', 'team-b')).status).toBeGreaterThanOrEqual(400);
    expect(await direct()).toBe(before);
    // It is the Role that makes the difference.
    await cluster.apply([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'silencer', namespace: 'team-b' },
        rules: [{ apiGroups: [''], resources: ['namespace/silences'], verbs: ['create'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'silencer', namespace: 'team-b' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'silencer' },
        subjects: [{ kind: 'ServiceAccount', name: 'metrics-reader', namespace: 'team-b' }],
      },
    ]);
    await poll(async () => ((await create('team-b')).status === 200 ? true : undefined), {
      what: 'the right to count',
      withinMs: 60_000,
    });
    expect(await direct()).toContain('at work in team-b');
  });
});
