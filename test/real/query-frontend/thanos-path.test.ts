import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findManifest } from '../../support/manifest-workload.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import type { HttpAnswer } from '../harness/http-request.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { bodyOf, dataOf, outcomeOf } from './support/envelope.ts';
import { LEAKING_QUERIES } from './support/leaking-queries.ts';
import { get, post, type Question, send, withToken } from './support/question.ts';
import { type RecordingProxy, startRecordingProxy } from './support/recording-proxy.ts';
import {
  applyAccess,
  startSynthesisedFrontend,
  type SynthesisedFrontend,
} from './support/synthesised-frontend.ts';
import { startThanosPath, type ThanosPath } from './support/synthesised-thanos.ts';
import { type Manifests, portBehindSrv, synthesise } from './support/synthesised.ts';
import { AT, RANGE, shows } from './support/tenant-series.ts';
import { TWO_TENANTS_PARTS } from './support/two-tenants.ts';

const PARTS = [...TWO_TENANTS_PARTS, 'kube-controller-manager', 'thanos', 'versitygw'] as const;
// The issuer that the synthesised configuration expects.
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const ORDERS = { query: 'shop_orders', ...AT };

await describeReal('the synthesised installation', PARTS, () => {
  const started = new AsyncDisposableStack();
  let manifests: Manifests;
  let cluster: TestCluster;
  let thanos: ThanosPath;
  let proxy: RecordingProxy;
  let frontend: SynthesisedFrontend;

  beforeAll(async () => {
    const folder = await tempFolder('thanos-path');
    started.defer(folder.remove);
    manifests = await synthesise(`${folder.path}/dist`);
    thanos = await startThanosPath(manifests, folder.path);
    started.defer(thanos.stop);
    proxy = await startRecordingProxy(thanos.queryFrontend.httpUrl);
    started.defer(proxy.stop);
    const apiserverFlags = [`--api-audiences=${ISSUER}`];
    cluster = await startKubeApiserver({ controllerManager: true, apiserverFlags });
    started.defer(cluster.stop);
    await applyAccess(cluster, manifests);
    const places = { folder: folder.path, upstreamUrl: proxy.url };
    frontend = await startSynthesisedFrontend(cluster, manifests, places);
    started.defer(frontend.stop);
  }, 300_000);

  afterAll(() => started.disposeAsync());

  beforeEach(() => {
    proxy.forget();
  });

  const askQuerier = (question: Question): Promise<HttpAnswer> =>
    send({ url: thanos.querier.httpUrl }, question);

  /** Asks the query frontend of Thanos without a scope, so that it remembers the answer for everybody. */
  const askCache = (question: Question): Promise<HttpAnswer> =>
    send({ url: thanos.queryFrontend.httpUrl }, question);

  /** The token that the manifests give to a tenant, in a Secret that the cluster fills. */
  const tokenOf = async (namespace: string): Promise<string> => {
    const path = `/api/v1/namespaces/${namespace}/secrets/metrics-reader-token`;
    const token = await poll(
      async () => readPath((await cluster.request('GET', path)).body, 'data', 'token'),
      { what: `the controller manager to fill ${path}` },
    );
    return Buffer.from(String(token), 'base64').toString('utf8');
  };

  it('changes addresses and paths alone', () => {
    const addresses = ['--http-address', '--grpc-address'];
    expect(thanos.querier.changedFlags).toEqual([...addresses, '--endpoint.sd-config-file']);
    expect(thanos.storeGateway.changedFlags).toEqual([
      ...addresses,
      '--data-dir',
      '--objstore.config-file',
      '--index-cache.config-file',
    ]);
    expect(thanos.queryFrontend.changedFlags).toEqual([
      '--http-address',
      '--query-frontend.downstream-url',
      '--query-range.response-cache-config-file',
      '--labels.response-cache-config-file',
    ]);
    expect(frontend.command).toEqual([
      'node',
      '/app/query-frontend.mjs',
      '--config',
      '/etc/prometheus-tenancy-kit/config/config.json',
    ]);
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
    ]);
  });

  it('has a Service behind every address that was changed', () => {
    expect(thanos.endpoints).toEqual([
      'dnssrv+_grpc._tcp.tenancy-thanos-sidecar',
      'dnssrv+_grpc._tcp.thanos-store-gateway',
    ]);
    for (const address of thanos.endpoints) expect(portBehindSrv(manifests, address)).toBe(10_901);
    for (const name of ['thanos-querier', 'thanos-query-frontend']) {
      const service = findManifest(manifests, 'Service', name);
      expect(readPath(service, 'spec', 'ports', 0, 'port')).toBe(10_902);
    }
  });

  it('has both tenants in either store', async () => {
    for (const store of [thanos.sidecar, thanos.storeGateway]) {
      const fields = { ...ORDERS, 'storeMatch[]': `{__address__="${store.grpcAddress}"}` };
      const { text } = await askQuerier(get('/api/v1/query', fields));
      expect(shows(text, 'team-a') && shows(text, 'team-b')).toBe(true);
    }
  });

  describe.each([
    ['team-a', 'team-b'],
    ['team-b', 'team-a'],
  ] as const)('for %s', (tenant, other) => {
    let token: string;
    let own: string;

    beforeAll(async () => {
      token = await tokenOf(tenant);
      own = grafanaPath(manifests, tenant);
    });

    const ask = (question: Question): Promise<HttpAnswer> =>
      frontend.ask(withToken(question, token));

    it.each<readonly [string, (prefix: string) => Question]>([
      ['GET query', (prefix) => get(`${prefix}api/v1/query`, ORDERS)],
      ['POST query', (prefix) => post(`${prefix}api/v1/query`, ORDERS)],
      [
        'POST query_range',
        (prefix) => post(`${prefix}api/v1/query_range`, { query: 'shop_orders', ...RANGE }),
      ],
      ['GET series', (prefix) => get(`${prefix}api/v1/series`, { 'match[]': 'shop_orders' })],
      ['POST labels', (prefix) => post(`${prefix}api/v1/labels`, {})],
      ['GET label values', (prefix) => get(`${prefix}api/v1/label/shop/values`)],
    ])('answers %s out of its own series', async (_name, question) => {
      // What everybody's answer would be is remembered first.
      const unscoped = await askCache(question('/'));
      const answer = await ask(question(own));
      expect(outcomeOf(answer)).toEqual({ status: 200, code: undefined });
      expect(shows(answer.text, tenant)).toBe(true);
      expect(shows(answer.text, other)).toBe(false);
      expect(JSON.stringify(proxy.requests)).not.toContain(token);
      expect(shows(unscoped.text, tenant) && shows(unscoped.text, other)).toBe(true);
    });

    it('gets each series once, without the labels of replicas', async () => {
      const answer = await ask(get(`${own}api/v1/query`, ORDERS));
      const metrics = readPath(dataOf(answer), 'result') as readonly { metric: object }[];
      expect(metrics).toHaveLength(1);
      expect(Object.keys(metrics[0]?.metric ?? {}).toSorted()).toEqual([
        '__name__',
        'cluster',
        'job',
        'namespace',
        'prometheus',
        'shop',
      ]);
    });

    it('takes a token that was made for the frontend alone', async () => {
      const bound = await cluster.requestToken(tenant, 'metrics-reader', {
        audiences: ['tenant-query-frontend'],
      });
      const answer = await frontend.ask(withToken(get(`${own}api/v1/query`, ORDERS), bound));
      expect(shows(answer.text, tenant)).toBe(true);
    });

    it('is denied the other, and an unknown token is rejected', async () => {
      const foreign = get(`${grafanaPath(manifests, other)}api/v1/query`, ORDERS);
      expect(outcomeOf(await ask(foreign))).toEqual({ status: 403, code: 'tenant_denied' });
      const unknown = await frontend.ask(withToken(foreign, 'sha256~unknown'));
      expect(outcomeOf(unknown)).toEqual({ status: 401, code: 'token_rejected' });
      expect(proxy.requests).toEqual([]);
    });
  });

  it('shows nothing of the other tenant to any query that would show it unscoped', async () => {
    const token = await tokenOf('team-a');
    let shown = 0;
    for (const query of LEAKING_QUERIES) {
      const question = (prefix: string): Question =>
        get(`${prefix}/api/v1/query`, { query, ...AT });
      const answer = await frontend.ask(withToken(question('/namespaces/team-a'), token));
      expect([query, shows(answer.text, 'team-b')]).toEqual([query, false]);
      if (shows((await askCache(question(''))).text, 'team-b')) shown += 1;
    }
    expect(shown).toBeGreaterThan(LEAKING_QUERIES.length / 2);
  });

  // The last one: it stops Prometheus.
  it('answers out of the object store when Prometheus is away, and hides which store failed', async () => {
    const token = await tokenOf('team-a');
    await thanos.prometheus.stop();
    const question = (prefix: string): Question => get(`${prefix}/api/v1/query`, ORDERS);
    const unscoped = await askQuerier(question(''));
    expect(JSON.stringify(readPath(bodyOf(unscoped), 'warnings'))).toContain('127.0.0.1');
    const answer = await frontend.ask(withToken(question('/namespaces/team-a'), token));
    expect(outcomeOf(answer)).toEqual({ status: 200, code: undefined });
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(readPath(bodyOf(answer), 'warnings')).toEqual([
      'the answer may be incomplete: the upstream gave a notice that is not shown',
    ]);
    expect(answer.text).not.toMatch(/127\.0\.0\.1|rpc error|prometheus_replica/);
  });
});

/** The path below which a tenant's Grafana asks, as its data source in the manifests says. */
function grafanaPath(manifests: Manifests, tenant: string): string {
  const config = manifests.find(
    ({ kind, metadata }) =>
      kind === 'ConfigMap' &&
      metadata.namespace === tenant &&
      metadata.name.startsWith('grafana-data-source'),
  );
  const text = readString(config, 'data', `${tenant}-metrics.yaml`);
  const url = new URL(readString(JSON.parse(text), 'datasources', 0, 'url'));
  const service = findManifest(manifests, 'Service', url.hostname.split('.')[0] ?? '');
  expect(readPath(service, 'spec', 'ports', 0, 'port')).toBe(Number(url.port));
  return url.pathname;
}
