import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  AlertmanagerUpstream,
  isReachable,
  type ManifestPolicy,
  NetworkDestination,
  type NetworkNode,
  RuntimeCode,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
} from '../../../lib/index.ts';
import { manifestsOf, PLACEHOLDER, platformChart } from '../../lib/support/manifests.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheusOperator } from '../harness/prometheus-operator.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
] as const;
const PLATFORM = 'monitoring';

interface Synthesised {
  readonly policies: readonly ManifestPolicy[];
  readonly url: URL;
  readonly frontend: NetworkNode;
}

function synth(): Synthesised {
  const chart = platformChart();
  const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
  const querier = new ThanosQuerier(chart, 'querier', { endpoints: [prometheus] });
  const frontend = new TenantQueryFrontend(chart, 'frontend', {
    upstream: querier,
    upstreams: { alertmanager: AlertmanagerUpstream.operated('main') },
    code: RuntimeCode.configMap(PLACEHOLDER),
  });
  const somewhere = NetworkDestination.cidrs(['198.51.100.1/32'], [443]);
  void new TenancyNetworkPolicies(chart, 'network', {
    prometheus,
    querier,
    frontend,
    apiServer: somewhere,
    objstore: somewhere,
  });
  const policies = manifestsOf(chart).filter(({ kind }) => kind === 'NetworkPolicy');
  return {
    policies: policies as unknown as readonly ManifestPolicy[],
    url: new URL(frontend.config.upstreams.alertmanager?.url ?? ''),
    frontend: podOf('frontend', frontend.pods.podLabels),
  };
}

function podOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  ports: Readonly<Record<string, number>> = {},
): NetworkNode {
  const namespaceLabels = { 'kubernetes.io/metadata.name': PLATFORM };
  return {
    name,
    address: '10.1.2.3',
    pod: { namespace: PLATFORM, namespaceLabels, labels, ports },
  };
}

await describeReal('an Alertmanager that the operator runs', PARTS, () => {
  const started = new AsyncDisposableStack();
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    started.defer(cluster.stop);
    await cluster.installCrds(await operatorCrdFolder());
    await cluster.createNamespace(PLATFORM);
    started.defer((await startPrometheusOperator(cluster)).stop);
    await cluster.apply(
      ['main', 'other'].map((name) => ({
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'Alertmanager',
        metadata: { name, namespace: PLATFORM },
        spec: { replicas: 2 },
      })),
    );
  }, 300_000);

  afterAll(() => started.disposeAsync());

  const made = (path: string): Promise<unknown> =>
    poll(
      async () => {
        const { status, body } = await cluster.request('GET', path);
        return status === 200 ? body : undefined;
      },
      { what: path },
    );

  it('is reached by the frontend, at the port of its Service, and another one is not', async () => {
    const { frontend, policies, url } = synth();
    const pods = await Promise.all(
      ['main', 'other'].map(async (name) => {
        const set = await made(
          `/apis/apps/v1/namespaces/${PLATFORM}/statefulsets/alertmanager-${name}`,
        );
        const template = readPath(set, 'spec', 'template');
        const labels = readPath(template, 'metadata', 'labels') as Record<string, string>;
        return podOf(name, labels);
      }),
    );
    const service = await made(`/api/v1/namespaces/${PLATFORM}/services/${url.hostname}`);
    const [port] = readPath(service, 'spec', 'ports') as readonly unknown[];
    expect(readPath(port, 'port')).toBe(Number(url.port));
    expect(readPath(port, 'targetPort')).toBe('web');
    const set = await made(`/apis/apps/v1/namespaces/${PLATFORM}/statefulsets/alertmanager-main`);
    const containers = readPath(set, 'spec', 'template', 'spec', 'containers');
    expect(JSON.stringify(containers)).toContain(
      `{"name":"web","containerPort":${url.port},"protocol":"TCP"}`,
    );
    const open = pods.map((to) =>
      isReachable(policies, { from: frontend, to, port: Number(url.port) }),
    );
    expect(open).toEqual([true, false]);
  });
});
