import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GrpcTls } from '../../../lib/index.ts';
import { THANOS_HTTP } from '../../../lib/thanos/ports.ts';
import { SYNCED_RULES } from '../../../lib/thanos/ruler-pod.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  textAt,
  textsAt,
} from '../../lib/support/manifests.ts';
import { BUCKET, everyThanos, S3_KEYS } from '../../lib/support/every-thanos.ts';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { type RunningAlertmanager, startAlertmanager } from '../harness/alertmanager.ts';
import { type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { type RunningThanos, startThanosSidecar } from '../harness/thanos.ts';
import { type RunningObjectStore, startVersitygw } from '../harness/versitygw.ts';
import { bytesField, doubleField, snappyBlock, wholeField } from '../meaning/protobuf.ts';
import { seriesOf, TIME } from '../query-frontend/support/tenant-series.ts';
import { talksTo } from './support/grpc-greeting.ts';
import { freeAddresses, LocalPods } from './support/local-pods.ts';

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

await describeReal('every Thanos component, over S3 with certificates', PARTS, () => {
  const started = new AsyncDisposableStack();
  const running = new Map<string, RunningThanos>();
  let objectStore: RunningObjectStore;
  let alertmanager: RunningAlertmanager;
  let certificate: SelfSigned;
  let manifests: readonly Manifest[];
  let prometheus: RunningPrometheus;
  let pods: LocalPods;
  let folder: TempFolder;

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
    manifests = manifestsOf(everyThanos({ grpcTls, endpoint, alertmanager: host }));
    pods = new LocalPods(manifests, folder.path, {
      [grpcTls.serverSecret]: files,
      [grpcTls.clientSecret]: files,
    });
    await startPrometheusPod();
    const placed = [];
    for (const [kind, name, replicas] of WORKLOADS) {
      placed.push(...(await pods.place(kind, name, replicas)));
    }
    for (const pod of placed) {
      const thanos = await pods.start(pod);
      started.defer(thanos.stop);
      running.set(pod.name, thanos);
    }
  }, 600_000);

  afterAll(() => started.disposeAsync());

  // What the operator makes of the resource, as far as these tests need it.
  const startPrometheusPod = async (): Promise<void> => {
    const { spec } = only(manifests, 'Prometheus');
    const labels = {
      ...textsAt(spec, 'externalLabels'),
      [textAt(spec, 'prometheusExternalLabelName')]: 'monitoring/tenancy',
      [textAt(spec, 'replicaExternalLabelName')]: 'prometheus-tenancy-0',
    };
    const config = (target: string): string =>
      JSON.stringify({
        global: { scrape_interval: '1s', external_labels: labels },
        scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: [target] }] }],
      });
    prometheus = await startPrometheus({
      config: config('127.0.0.1:9'),
      openMetrics: seriesOf('team-a', 'team-b'),
      flags: ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'],
    });
    started.defer(prometheus.stop);
    await writeFile(prometheus.configFile, config(`127.0.0.1:${prometheus.port}`));
    await sendRequest({ url: `${prometheus.url}/-/reload`, method: 'POST' });
    const objstore = join(folder.path, 'objstore.yaml');
    const secret = only(manifests, 'Secret', 'thanos-objstore-secret');
    await writeFile(objstore, textsAt(secret, 'stringData')['thanos.yaml'] ?? '');
    const tls = textsAt(spec, 'thanos', 'grpcServerTlsConfig');
    const here = (file = ''): string => file.replace('/etc/thanos/grpc-server', folder.path);
    const addresses = await freeAddresses();
    const sidecar = await startThanosSidecar(prometheus, [
      `--objstore.config-file=${objstore}`,
      `--grpc-address=${addresses.grpc}`,
      `--grpc-server-tls-cert=${here(tls['certFile'])}`,
      `--grpc-server-tls-key=${here(tls['keyFile'])}`,
      `--grpc-server-tls-client-ca=${here(tls['caFile'])}`,
    ]);
    started.defer(sidecar.stop);
    pods.placeAt({
      name: 'prometheus-tenancy-0',
      labels: textsAt(spec, 'podMetadata', 'labels'),
      spec: {},
      ...addresses,
    });
    await poll(
      async () => {
        const { text } = await sendRequest({ url: `${sidecar.httpUrl}/metrics` });
        return /^thanos_shipper_uploads_total [1-9]/m.test(text) ? true : undefined;
      },
      { what: 'the sidecar to upload its block', withinMs: 120_000 },
    );
  };

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
      expect([name, ...talks]).toEqual([name, true, false, false]);
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
    const answer = await fetch(`http://${router?.remoteWrite}/api/v1/receive`, {
      method: 'POST',
      headers: { 'Content-Encoding': 'snappy', 'THANOS-TENANT': 'gateway' },
      body: new Uint8Array(snappyBlock(bytesField(1, Buffer.concat(series)))),
    });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
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
