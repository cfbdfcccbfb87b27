import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GrpcTls } from '../../../lib/index.ts';
import { THANOS_HTTP } from '../../../lib/thanos/ports.ts';
import { SYNCED_RULES } from '../../../lib/thanos/ruler-pod.ts';
import { isAtLeast } from '../../../lib/thanos/version.ts';
import { at, listAt, type Manifest, manifestsOf, textsAt } from '../../lib/support/manifests.ts';
import { BUCKET, everyThanos, S3_KEYS } from '../../lib/support/every-thanos.ts';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { type RunningAlertmanager, startAlertmanager } from '../harness/alertmanager.ts';
import { askQuery, leaksOf } from '../faults/tenant-question.ts';
import { type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import type { RunningPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import type { RunningThanos } from '../harness/thanos.ts';
import { thanosVersion } from '../harness/thanos-versions.ts';
import { type RunningObjectStore, startVersitygw } from '../harness/versitygw.ts';
import type { Answerer } from '../meaning/comparison.ts';
import { bytesField, doubleField, snappyBlock, wholeField } from '../meaning/protobuf.ts';
import { startScopingFrontend } from '../meaning/scoping-frontend.ts';
import { shows, TIME } from '../query-frontend/support/tenant-series.ts';
import { talksTo } from './support/grpc-greeting.ts';
import { LocalPods } from './support/local-pods.ts';
import { startPrometheusPod, TENANTS_JOB } from './support/prometheus-pod.ts';

const PARTS = ['alertmanager', 'prometheus', 'promtool', 'thanos', 'versitygw'] as const;

// In the order in which they can start: who is asked before who asks.
const WORKLOADS: readonly (readonly [kind: string, name: string, replicas: number])[] = [
  ['StatefulSet', 'thanos-store-gateway-shard-0', 1],
  ['StatefulSet', 'thanos-store-gateway-shard-1', 1],
  ['StatefulSet', 'thanos-receive-ingestor', 3],
  ['Deployment', 'thanos-receive', 1],
  ['StatefulSet', 'thanos-ruler', 2],
  ['StatefulSet', 'thanos-writing-ruler', 1],
  ['Deployment', 'thanos-querier', 1],
  ['Deployment', 'thanos-query-frontend', 1],
  ['StatefulSet', 'thanos-compactor', 1],
  ['StatefulSet', 'thanos-compactor-other', 1],
  ['Deployment', 'thanos-bucket-web', 1],
];

const VERSION = thanosVersion();
const READ_VERSION = thanosVersion('query');
// An older querier cannot be told the certificates of stores by the list of them.
const HAS_CERTIFICATES = isAtLeast(READ_VERSION, '0.42');

/** How the querier shows an alert that fires. From 0.41 on the states of alerts have other numbers. */
function firingAsRead(): string {
  const [isNew, isReadNew] = [VERSION, READ_VERSION].map((it) => isAtLeast(it, '0.41'));
  if (isNew === isReadNew) return 'firing';
  return isReadNew === true ? 'pending' : '3';
}

const NAME = `every Thanos component, over S3 ${HAS_CERTIFICATES ? 'with' : 'without'} certificates`;

await describeReal(NAME, PARTS, () => {
  const started = new AsyncDisposableStack();
  const running = new Map<string, RunningThanos>();
  let objectStore: RunningObjectStore;
  let alertmanager: RunningAlertmanager;
  let certificate: SelfSigned;
  let manifests: readonly Manifest[];
  let prometheus: RunningPrometheus;
  let pods: LocalPods;
  let folder: TempFolder;
  /** The frontend of the tenants, before everything. */
  let tenant: Answerer;

  beforeAll(async () => {
    folder = await tempFolder('thanos-system');
    started.defer(folder.remove);
    objectStore = await startVersitygw([BUCKET], S3_KEYS);
    started.defer(objectStore.stop);
    certificate = selfSignedCertificate(['thanos-grpc']);
    const { certPem, keyPem } = certificate;
    const files = { 'tls.crt': certPem, 'tls.key': keyPem, 'ca.crt': certPem };
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder.path, name), text);
    const grpcTls = GrpcTls.fromSecrets();
    const { endpoint } = objectStore;
    alertmanager = await startAlertmanager();
    started.defer(alertmanager.stop);
    const { host } = new URL(alertmanager.url);
    const versions = { version: VERSION, readVersion: READ_VERSION };
    const tls = HAS_CERTIFICATES ? { grpcTls } : {};
    manifests = manifestsOf(everyThanos({ ...tls, ...versions, endpoint, alertmanager: host }));
    pods = new LocalPods(manifests, folder.path, {
      [grpcTls.serverSecret]: files,
      [grpcTls.clientSecret]: files,
    });
    ({ prometheus } = await startPrometheusPod(manifests, folder.path, pods, started));
    const placed = [];
    for (const [kind, name, replicas] of WORKLOADS) {
      placed.push(...(await pods.place(kind, name, replicas)));
    }
    for (const pod of placed) {
      const thanos = await pods.start(pod);
      started.defer(thanos.stop);
      running.set(pod.name, thanos);
    }
    const frontend = await startScopingFrontend(at0('thanos-query-frontend').httpUrl);
    started.defer(frontend.stop);
    tenant = frontend.answererOf(['team-a']);
  }, 600_000);

  afterAll(() => started.disposeAsync());

  const at0 = (name: string): RunningThanos => {
    const thanos = running.get(`${name}-0`);
    if (thanos === undefined) throw new Error(`${name} does not run`);
    return thanos;
  };

  const ask = (name: string, fields: Readonly<Record<string, string>>): Promise<HttpAnswer> =>
    sendRequest({
      url: `${at0(name).httpUrl}/api/v1/query?${new URLSearchParams(fields).toString()}`,
    });

  const labelsOf = async (
    name: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<readonly object[]> => {
    const { text } = await ask(name, fields);
    return listAt(JSON.parse(text), 'data', 'result').map((it) => textsAt(it, 'metric'));
  };

  /** The labels of what a query through everything gives, once there is something. */
  const shown = (query: string): Promise<readonly object[]> =>
    poll(
      async () => {
        const labels = await labelsOf('thanos-query-frontend', { query });
        return labels.length === 0 ? undefined : labels;
      },
      { what: query, withinMs: 120_000 },
    );

  it('runs every workload of the manifests, ready and healthy', async () => {
    const made = manifests
      .filter(({ kind, spec }) => /Set$|^Deployment$/.test(kind) && at(spec, 'replicas') !== 0)
      .map(({ metadata }) => metadata.name)
      .filter((name) => name !== 'tenant-query-frontend');
    expect(WORKLOADS.map(([, name]) => name).toSorted()).toEqual(made.toSorted());
    for (const [name, { httpUrl }] of running) {
      for (const path of ['/-/ready', '/-/healthy', '/metrics']) {
        const { status } = await sendRequest({ url: `${httpUrl}${path}` });
        expect([name, path, status]).toEqual([name, path, 200]);
      }
    }
  });

  it('speaks gRPC with those who show a certificate, and with nobody else', async () => {
    const { certPem, keyPem } = certificate;
    const stranger = selfSignedCertificate(['thanos-grpc']);
    const silent = /compactor|bucket-web|query-frontend/;
    const servers = pods.pods.filter(({ name }) => !silent.test(name));
    expect(servers).toHaveLength(11);
    for (const { grpc, name } of servers) {
      const talks = [
        await talksTo(grpc, certPem, { cert: certPem, key: keyPem }),
        await talksTo(grpc, certPem),
        await talksTo(grpc, certPem, { cert: stranger.certPem, key: stranger.keyPem }),
      ];
      expect([name, ...talks]).toEqual([name, HAS_CERTIFICATES, false, false]);
    }
  });

  it('finds all stores behind the querier', async () => {
    const stores = await poll(
      async () => {
        const { text } = await sendRequest({
          url: `${at0('thanos-querier').httpUrl}/api/v1/stores`,
        });
        const kinds = textsAt(JSON.parse(text), 'data');
        const all = Object.keys(kinds).flatMap((kind) => listAt(kinds, kind));
        const healthy = all.filter((it) => at(it, 'lastError') === null);
        return healthy.length === 9 ? healthy : undefined;
      },
      { what: 'nine healthy stores', withinMs: 120_000 },
    );
    expect(stores).toHaveLength(9);
  });

  it('answers young samples out of Prometheus, once and without the labels of replicas', async () => {
    expect(await shown('prometheus_ready')).toEqual([
      {
        __name__: 'prometheus_ready',
        cluster: 'main',
        instance: `127.0.0.1:${prometheus.port}`,
        job: 'prometheus',
        prometheus: 'monitoring/tenancy',
      },
    ]);
  });

  it('answers a tenant young samples of the sidecar, and nothing of another tenant', async () => {
    const query = `up{job="${TENANTS_JOB}"}`;
    const namespaces = (labels: readonly object[]): readonly unknown[] =>
      labels.map((it) => String(at(it, 'namespace'))).toSorted();
    const everybody = await poll(
      async () => {
        const labels = await labelsOf('thanos-query-frontend', { query });
        return labels.length === 2 ? labels : undefined;
      },
      { what: 'a sample of either tenant' },
    );
    expect(namespaces(everybody)).toEqual(['team-a', 'team-b']);
    const fields = new URLSearchParams({ query }).toString();
    const { headers, url } = tenant;
    const { text } = await sendRequest({ url: `${url}/api/v1/query?${fields}`, headers });
    const own = listAt(JSON.parse(text), 'data', 'result').map((it) => textsAt(it, 'metric'));
    expect(namespaces(own)).toEqual(['team-a']);
  });

  it('answers what the rulers computed, out of their own store and out of receive', async () => {
    expect(await shown('kept_series')).toEqual([
      { __name__: 'kept_series', cluster: 'main', job: 'prometheus' },
    ]);
    const replicas = await poll(
      async () => {
        const fields = { query: 'kept_series', dedup: 'false' };
        const labels = await labelsOf('thanos-query-frontend', fields);
        return labels.length === 2 ? labels : undefined;
      },
      { what: 'both replicas of the ruler', withinMs: 120_000 },
    );
    expect(replicas).toMatchObject([
      { rule_replica: 'thanos-ruler-0' },
      { rule_replica: 'thanos-ruler-1' },
    ]);
    expect(await shown('written_series')).toEqual([
      { __name__: 'written_series', cluster: 'main', tenant_id: 'default-tenant' },
    ]);
  });

  it('sends alerts with the label of their tenant, as one for both replicas of the ruler', async () => {
    const alerts = await poll(
      async () => {
        const { text } = await sendRequest({ url: `${alertmanager.url}/api/v2/alerts` });
        const found = JSON.parse(text) as readonly unknown[];
        return found.length === 0 ? undefined : found;
      },
      { what: 'an alert at Alertmanager', withinMs: 120_000 },
    );
    expect(alerts.map((it) => textsAt(it, 'labels'))).toEqual([
      { alertname: 'Always', cluster: 'main', namespace: 'team-a' },
    ]);
  });

  it('says that an alert fires, unless one side numbers the states of alerts otherwise', async () => {
    const state = await poll(
      async () => {
        const url = `${at0('thanos-query-frontend').httpUrl}/api/v1/rules?type=alert`;
        const groups = listAt(JSON.parse((await sendRequest({ url })).text), 'data', 'groups');
        return at(groups[0], 'rules', 0, 'state');
      },
      { what: 'the querier to show the rules of the ruler' },
    );
    expect(state).toBe(firingAsRead());
  });

  it('takes a remote write, and keeps its label of the tenant', async () => {
    const label = (name: string, value: string): Buffer =>
      bytesField(1, Buffer.concat([bytesField(1, name), bytesField(2, value)]));
    const sample = Buffer.concat([doubleField(1, 5), wholeField(2, Date.now())]);
    const series = [
      label('__name__', 'written_orders'),
      label('namespace', 'team-a'),
      bytesField(2, sample),
    ];
    const router = pods.pods.find(({ name }) => name === 'thanos-receive-0');
    const write = async (): Promise<readonly [status: number, text: string]> => {
      const answer = await fetch(`http://${router?.remoteWrite}/api/v1/receive`, {
        method: 'POST',
        headers: { 'Content-Encoding': 'snappy', 'THANOS-TENANT': 'gateway' },
        body: new Uint8Array(snappyBlock(bytesField(1, Buffer.concat(series)))),
      });
      return [answer.status, await answer.text()];
    };
    // Older ones refuse the first of a tenant while they make its storage. Agents write it again.
    const written = await poll(
      async () => {
        const answer = await write();
        return answer[0] === 500 && answer[1].includes('TSDB not ready') ? undefined : answer;
      },
      { what: 'receive to have the storage of a tenant' },
    );
    expect(written).toEqual([200, '']);
    expect(await shown('written_orders')).toEqual([
      {
        __name__: 'written_orders',
        cluster: 'main',
        namespace: 'team-a',
        tenant_id: 'gateway',
      },
    ]);
  });

  it('compacts without coming to a halt', async () => {
    const metrics = await poll(
      async () => {
        const { text } = await sendRequest({ url: `${at0('thanos-compactor').httpUrl}/metrics` });
        return /^thanos_compact_iterations_total [1-9]/m.test(text) ? text : undefined;
      },
      { what: 'one pass of the compactor', withinMs: 180_000 },
    );
    expect(metrics).toMatch(/^thanos_compact_halted 0$/m);
    expect(metrics).toMatch(
      /^thanos_objstore_bucket_operations_total\{.*operation="iter".*\} [1-9]/m,
    );
  });

  it('lets nobody mark a block, on any of the pages about blocks', async () => {
    const [block = ''] = (await readdir(objectStore.bucketFolder(BUCKET))).filter((it) =>
      /^[0-9A-Z]{26}$/.test(it),
    );
    const mark = new URLSearchParams({ id: block, action: 'NO_COMPACTION', detail: 'none' });
    for (const [name, { httpUrl }] of running) {
      const url = `${httpUrl}/api/v1/blocks/mark?${mark.toString()}`;
      const { status, text } = await sendRequest({ url, method: 'POST' });
      const isRefused = status === 404 || text.includes('Admin operations are disabled');
      expect([name, status, isRefused]).toEqual([name, expect.any(Number), true]);
    }
    const files = await readdir(join(objectStore.bucketFolder(BUCKET), block));
    expect(files).toContain('meta.json');
    expect(files).not.toContain('no-compact-mark.json');
  });

  it('reads the rules that a container beside the ruler brought, when it is told to', async () => {
    const { folder: place, reloadUrl } = SYNCED_RULES;
    const rules = [{ record: 'brought_rule', expr: 'vector(3)', labels: { namespace: 'team-a' } }];
    const file = join(folder.path, 'thanos-ruler-0', place, 'team-a.yaml');
    await writeFile(file, JSON.stringify({ groups: [{ name: 'team-a', rules }] }));
    const { pathname, port } = new URL(reloadUrl);
    expect(Number(port)).toBe(THANOS_HTTP.port);
    const reload = `${at0('thanos-ruler').httpUrl}${pathname}`;
    expect((await sendRequest({ url: reload, method: 'POST' })).status).toBe(200);
    expect(await shown('brought_rule')).toEqual([
      { __name__: 'brought_rule', cluster: 'main', namespace: 'team-a' },
    ]);
  });

  const rangeOf = async (query: string): Promise<string> => {
    const url = `${at0('thanos-query-frontend').httpUrl}/api/v1/query_range`;
    const range = { start: String(TIME - 60), end: String(TIME), step: '15' };
    const fields = new URLSearchParams({ query, ...range }).toString();
    return (await sendRequest({ url: `${url}?${fields}` })).text;
  };

  const hits = async (): Promise<number> => {
    const url = `${at0('thanos-query-frontend').httpUrl}/metrics`;
    const { text } = await sendRequest({ url });
    return Number(/^cortex_cache_hits_total\{.*"query_range"\} (\d+)/m.exec(text)?.[1] ?? 0);
  };

  it('remembers an answer, for the question that was asked and no other', async () => {
    const everything = await rangeOf('shop_orders');
    expect(everything).toContain('424242');
    expect(everything).toContain('1711');
    const before = await hits();
    expect(await rangeOf('shop_orders')).toBe(everything);
    expect(await hits()).toBeGreaterThan(before);
    const scoped = await rangeOf('shop_orders{namespace="team-a"}');
    expect(scoped).toContain('1711');
    expect(scoped).not.toContain('424242');
  });

  // The last two: the first of them stops Prometheus.
  it('answers old samples out of S3 when Prometheus is away', async () => {
    await prometheus.stop();
    const fields = { query: 'shop_orders{namespace="team-b"}', time: String(TIME) };
    const { text } = await ask('thanos-query-frontend', fields);
    expect(text).toContain('424242');
    const answer = await askQuery(tenant);
    expect([answer.status, shows(answer.text, 'team-a'), leaksOf(answer)]).toEqual([200, true, []]);
    const shards = await Promise.all(
      ['thanos-store-gateway-shard-0', 'thanos-store-gateway-shard-1'].map(async (name) => {
        const metrics = await sendRequest({ url: `${at0(name).httpUrl}/metrics` });
        return Number(/^thanos_bucket_store_blocks_loaded (\d+)/m.exec(metrics.text)?.[1]);
      }),
    );
    expect(shards.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it('does not remember an answer that lacks what a store did not give', async () => {
    const incomplete = await rangeOf('shop_info');
    expect(JSON.parse(incomplete)).toMatchObject({ status: 'success' });
    expect(listAt(JSON.parse(incomplete), 'warnings').length).toBeGreaterThan(0);
    const before = await hits();
    expect(listAt(JSON.parse(await rangeOf('shop_info')), 'warnings').length).toBeGreaterThan(0);
    expect(await hits()).toBe(before);
  });
});
