import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  KubeStateMetricsMonitor,
  type PodGroup,
  PlatformMonitors,
  TenantPrometheus,
} from '../../../lib/index.ts';
import {
  at,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
} from '../../lib/support/manifests.ts';
import { PLATFORM } from '../admission/admitted-cluster.ts';
import { OWN } from '../admission/admission-case.ts';
import {
  PROMETHEUS,
  querySeries,
  type ScrapedCluster,
  startScrapedCluster,
} from '../admission/scraped-cluster.ts';
import { poll } from '../harness/poll.ts';
import { generatedConfig } from '../harness/prometheus-operator.ts';
import { describeReal } from '../harness/skip.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus-kubernetes',
] as const;

const EXPOSED = [
  `kube_pod_info{namespace="${OWN}",pod="x"} 1`,
  'kube_node_info{node="n"} 1',
  'frontend_requests_total 3',
  '',
].join('\n');

// Of the component and of its label, which is none of the kit's.
const JOB = 'frontend-frontend';

/** What the kit makes, for pods that this test runs. */
function synth(): readonly Manifest[] {
  const chart = platformChart();
  const group = (component: string): { readonly pods: PodGroup } => ({
    pods: {
      component,
      podLabels: { app: component },
      metricsPorts: component === 'frontend' ? [{ name: 'http', port: 1 }] : [],
    },
  });
  const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
  void new PlatformMonitors(chart, 'monitors', {
    prometheus: { ...group('prometheus'), tenancyLabel: prometheus.tenancyLabel },
    querier: { ...group('querier'), endpoints: [] },
    frontend: group('frontend'),
  });
  void new KubeStateMetricsMonitor(chart, 'kube-state-metrics', {
    prometheus,
    podLabels: { app: 'kube-state-metrics' },
    portName: 'http',
  });
  return manifestsOf(chart);
}

await describeReal('what the kit has scraped of the platform', PARTS, () => {
  let scraped: ScrapedCluster;
  let server: Server;
  const manifests = synth();
  const exclusions = at(only(manifests, 'Prometheus').spec, 'excludedFromEnforcement');
  const scrapes = manifests.filter(({ kind }) => kind === 'ScrapeConfig');
  const config = (): Promise<string> =>
    generatedConfig(scraped.cluster, PROMETHEUS.namespace, PROMETHEUS.name);

  beforeAll(async () => {
    scraped = await startScrapedCluster();
    server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(EXPOSED);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await scraped.addPod({ namespace: PLATFORM, name: 'frontend', port });
    await scraped.addPod({ namespace: OWN, name: 'frontend', port });
    await scraped.addPod({ namespace: 'kube-system', name: 'kube-state-metrics', port });
    // As it is shipped; the harness takes scrape configurations from everywhere.
    const shipped = only(manifests, 'Prometheus').spec;
    await scraped.patchPrometheus({
      scrapeConfigSelector: at(shipped, 'scrapeConfigSelector'),
      scrapeConfigNamespaceSelector: null,
      excludedFromEnforcement: exclusions,
    });
    await scraped.cluster.apply(scrapes.map((it) => ({ ...it })));
  }, 300_000);

  afterAll(async () => {
    server?.close();
    await scraped?.stop();
  });

  const isThere = (text: string, name: string): boolean =>
    text.includes(`job_name: scrapeConfig/${PLATFORM}/${name}\n`);

  /** Takes the place of what a pod knows by itself: where the API server is, and its namespace. */
  const reachable = (manifest: Manifest): Manifest => {
    const discovery = at(manifest.spec, 'kubernetesSDConfigs', 0) as object;
    const isOwn = at(discovery, 'namespaces', 'ownNamespace') === true;
    return {
      ...manifest,
      spec: {
        ...(manifest.spec as object),
        scrapeInterval: '200ms',
        scrapeTimeout: '200ms',
        kubernetesSDConfigs: [
          {
            ...discovery,
            ...(isOwn && { namespaces: { names: [PLATFORM] } }),
            apiServer: scraped.cluster.url,
            authorization: { credentials: { name: 'prometheus-token', key: 'token' } },
            tlsConfig: { insecureSkipVerify: true },
          },
        ],
      },
    };
  };

  it('is in the configuration of the operator as it is synthesised, and nobody else may add to it', async () => {
    const stranger = {
      apiVersion: 'monitoring.coreos.com/v1alpha1',
      kind: 'ScrapeConfig',
      metadata: {
        name: 'stranger',
        namespace: OWN,
        labels: { 'prometheus-tenancy-kit/scrape': 'platform' },
      },
      spec: { staticConfigs: [{ targets: ['127.0.0.1:9'] }] },
    };
    await scraped.cluster.apply([stranger]);
    const text = await poll(
      async () => {
        const found = await config();
        return isThere(found, JOB) && isThere(found, 'kube-state-metrics') ? found : undefined;
      },
      { what: 'the operator to take both' },
    );
    expect(text).toContain('own_namespace: true');
    expect(text).not.toContain('stranger');
    // Seen, not assumed: taken from every namespace, that one would be there.
    await scraped.patchPrometheus({ scrapeConfigNamespaceSelector: {} });
    await poll(async () => ((await config()).includes('stranger') ? true : undefined), {
      what: 'the stranger, once every namespace is looked at',
    });
    await scraped.patchPrometheus({ scrapeConfigNamespaceSelector: null });
    await poll(async () => ((await config()).includes('stranger') ? undefined : true), {
      what: 'the stranger to go again',
    });
  });

  it('belongs to the platform, and what is said of a namespace to that one', async () => {
    const token = await scraped.cluster.requestToken(PLATFORM, 'prometheus-tenancy');
    await scraped.cluster.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'prometheus-token', namespace: PLATFORM },
        stringData: { token },
      },
      ...scrapes.map((it) => ({ ...reachable(it) })),
    ]);
    await scraped.reload((text) => text.includes('scrape_interval: 200ms'));
    await scraped.awaitSeries('kube_pod_info{job="kube-state-metrics"}');
    await scraped.awaitSeries(`frontend_requests_total{job="${JOB}"}`);
    const labelsOf = async (query: string): Promise<readonly unknown[]> =>
      (await querySeries(scraped.prometheus, query)).map(({ metric }) => metric);
    expect(await labelsOf(`frontend_requests_total{job="${JOB}"}`)).toEqual([
      expect.objectContaining({ namespace: PLATFORM, pod: 'frontend', container: 'c' }),
    ]);
    const [pods] = await labelsOf('kube_pod_info{job="kube-state-metrics"}');
    expect(pods).toMatchObject({ namespace: OWN });
    expect(pods).not.toHaveProperty('exported_namespace');
    expect(await labelsOf('kube_node_info{job="kube-state-metrics"}')).toEqual([
      expect.objectContaining({ namespace: 'kube-system' }),
    ]);
  });

  it('would belong to the platform as a whole without the exclusion', async () => {
    const before = await config();
    await scraped.patchPrometheus({ excludedFromEnforcement: [] });
    await scraped.reload((text) => text !== before);
    const series = await poll(
      async () => {
        const found = await querySeries(
          scraped.prometheus,
          `kube_pod_info{job="kube-state-metrics", namespace="${PLATFORM}"}`,
        );
        return found.length > 0 ? found : undefined;
      },
      { what: 'series of the platform' },
    );
    expect(series).toHaveLength(1);
  });
});
