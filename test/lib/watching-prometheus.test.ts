import { App, Chart, Duration } from 'cdk8s';
import { describe, expect, it } from '@jest/globals';
import { PlatformChart, type PlatformChartProps } from '../../charts/platform-chart.ts';
import {
  GrpcTls,
  monitoredJobs,
  type OtherPrometheusProps,
  PlatformMonitors,
  PrometheusOperatorMonitor,
  type PrometheusOperatorMonitorProps,
  RuntimeCode,
  SynthError,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosBucketWeb,
  ThanosCompactor,
  ThanosQuerier,
  ThanosReceive,
  ThanosRuler,
  ThanosStoreGateway,
  WatchingPrometheus,
} from '../../lib/index.ts';
import { addPodScrape } from '../../lib/monitoring/scrape-config.ts';
import type { ScrapedPods } from '../../lib/monitoring/scraped-pods.ts';
import { addMonitor } from '../../lib/monitoring/service-monitor.ts';
import { ruleExpressions } from './support/expressions.ts';
import {
  at,
  type Json,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
  platformChart,
  textAt,
  textsAt,
} from './support/manifests.ts';
import { type PodTemplate, podTemplates } from './support/pod-templates.ts';
import { pod, policiesOf, table } from './support/reachability-table.ts';

const OTHER: OtherPrometheusProps = {
  namespace: 'cluster-monitoring',
  podLabels: { 'app.kubernetes.io/name': 'prometheus' },
  labels: { release: 'kube-prometheus-stack' },
};
const OPERATOR = { namespace: 'operators' };

function platform(props: Partial<PlatformChartProps> = {}): PlatformChart {
  return new PlatformChart(new App(), 'platform', {
    namespace: 'monitoring',
    cluster: 'main',
    runtime: PLACEHOLDER,
    ...props,
  });
}

const OWN = platform({ operator: OPERATOR });
const WATCHED = platform({ operator: OPERATOR, watchedBy: WatchingPrometheus.other(OTHER) });

const isMonitor = ({ kind }: Manifest): boolean => /^(?:Service|Pod)Monitor$/.test(kind);

function has(labels: Readonly<Record<string, string>>, wanted: Json): boolean {
  return Object.entries(textsAt(wanted)).every(([name, value]) => labels[name] === value);
}

/** Container ports by name, as the operator and the kubelet know them. */
function portNames({ spec }: PodTemplate): Json[] {
  return listAt(spec, 'containers')
    .flatMap((it) => listAt(it, 'ports'))
    .map((it) => at(it, 'name'));
}

/** The pods that a monitor has scraped, by the rules of the operator, and the ports of each. */
function scrapedBy(monitor: Manifest, manifests: readonly Manifest[]): readonly string[] {
  const pods = podTemplates(manifests).filter(
    ({ namespace }) => namespace === monitor.metadata.namespace,
  );
  const selector = at(monitor.spec, 'selector', 'matchLabels');
  const scraped = (template: PodTemplate, field: string, key: string): string[] =>
    listAt(monitor.spec, field)
      .map((it) => textAt(it, key))
      .filter((name) => portNames(template).includes(name))
      .map((name) => `${template.owner}: ${name}`);
  if (monitor.kind === 'PodMonitor') {
    return pods
      .filter(({ labels }) => has(labels, selector))
      .flatMap((it) => scraped(it, 'podMetricsEndpoints', 'port'));
  }
  const found = manifests
    .filter(({ kind, metadata }) => kind === 'Service' && has(metadata.labels ?? {}, selector))
    .flatMap((service) => pods.filter(({ labels }) => has(labels, at(service.spec, 'selector'))))
    .flatMap((it) => scraped(it, 'endpoints', 'targetPort'));
  // Two Services in front of a pod make one target of it, as the real Prometheus shows elsewhere.
  return [...new Set(found)];
}

describe('a platform that another Prometheus watches', () => {
  const manifests = manifestsOf(WATCHED);
  const monitors = manifests.filter(isMonitor);

  it('has every metrics port of every pod scraped once, by ServiceMonitors of its own Services', () => {
    const services = monitors.filter(({ kind }) => kind === 'ServiceMonitor');
    expect(services.flatMap((it) => scrapedBy(it, manifests)).toSorted()).toEqual([
      'Deployment tenant-query-frontend: operations',
      'Deployment thanos-querier: http',
      'Deployment thanos-query-frontend: http',
      'Prometheus tenancy: http',
      'Prometheus tenancy: reloader-web',
      'StatefulSet thanos-compactor: http',
      'StatefulSet thanos-store-gateway: http',
    ]);
    // The operator is none of the kit's pods, so no Service of the kit leads to it.
    const others = monitors.filter(({ kind }) => kind === 'PodMonitor');
    expect(others.map(({ metadata }) => metadata.name)).toEqual(['prometheus-operator']);
  });

  it('would miss a port that pods do not have', () => {
    const [monitor] = monitors;
    if (monitor === undefined) throw new Error('there is no monitor');
    const endpoints = listAt(monitor.spec, 'endpoints').map((it) => ({
      ...textsAt(it),
      targetPort: 'metricz',
    }));
    const wrong = { ...monitor, spec: { ...textsAt(monitor, 'spec'), endpoints } };
    expect(scrapedBy(monitor, manifests)).not.toEqual([]);
    expect(scrapedBy(wrong, manifests)).toEqual([]);
  });

  it('labels objects as that one selects them, and none as its own Prometheus does', () => {
    for (const { metadata } of monitors) {
      expect(metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' });
      expect(metadata.namespace).toBe('monitoring');
    }
    const rules = only(manifests, 'PrometheusRule', 'tenancy-platform').metadata.labels;
    expect(rules).toMatchObject({ release: 'kube-prometheus-stack' });
    expect(rules).not.toHaveProperty(['prometheus-tenancy-kit/rules']);
    const scrapes = manifests.filter(({ kind }) => kind === 'ScrapeConfig');
    expect(scrapes.map(({ metadata }) => metadata.name)).toEqual(['prometheus-server-tenancy']);
  });

  it('gives targets the job that the own one would, the namespace, and no label more', () => {
    for (const { metadata, spec } of monitors) {
      for (const field of ['endpoints', 'podMetricsEndpoints']) {
        for (const endpoint of listAt(spec, field)) {
          const relabelings = listAt(endpoint, 'relabelings');
          expect(relabelings[0]).toEqual({
            action: 'drop',
            sourceLabels: ['__meta_kubernetes_pod_container_init'],
            regex: 'true',
          });
          expect(relabelings).toContainEqual({
            action: 'replace',
            targetLabel: 'job',
            replacement: metadata.name,
          });
          expect(relabelings.at(-1)).toEqual({ action: 'labeldrop', regex: 'endpoint|service' });
          expect(at(endpoint, 'honorLabels')).toBeUndefined();
        }
      }
    }
    const jobs = (chart: PlatformChart): object =>
      monitoredJobs([
        ...chart.monitors.monitors,
        ...(chart.operatorMonitor === undefined ? [] : [chart.operatorMonitor.monitor]),
      ]);
    expect(jobs(WATCHED)).toEqual(jobs(OWN));
  });

  it('keeps the alerts on Prometheus itself with that, and gives away every other one', () => {
    const alerts = (rule: Manifest): Map<string, string> =>
      new Map(ruleExpressions(rule).map(({ expr, place }) => [place, expr]));
    const away = alerts(only(manifests, 'PrometheusRule', 'tenancy-platform'));
    const own = alerts(only(manifests, 'PrometheusRule', 'tenancy-prometheus'));
    const before = alerts(only(manifestsOf(OWN), 'PrometheusRule'));
    const about = /^TenancyComponent/;
    expect(new Set([...away.keys(), ...own.keys()])).toEqual(new Set(before.keys()));
    for (const [name, expr] of before) {
      if (about.test(name)) continue;
      expect([name, away.has(name) !== own.has(name)]).toEqual([name, true]);
      expect([name, away.get(name) ?? own.get(name)]).toEqual([name, expr]);
    }
    expect([...own.keys()].filter((it) => !/^TenantPrometheus|^TenancyComponent/.test(it))).toEqual(
      [],
    );
    expect([...away.values()].filter((it) => it.includes('prometheus-server'))).toEqual([]);
    const labels = only(manifests, 'PrometheusRule', 'tenancy-prometheus').metadata.labels;
    expect(labels).toMatchObject({ 'prometheus-tenancy-kit/rules': 'platform' });
  });

  it('opens exactly the metrics ports to it, and no longer to its own', () => {
    const strangers = [
      pod('other', 'cluster-monitoring', { 'app.kubernetes.io/name': 'prometheus' }),
      pod('neighbour', 'cluster-monitoring', { 'app.kubernetes.io/name': 'grafana' }),
      pod('namesake', 'default', { 'app.kubernetes.io/name': 'prometheus' }),
    ];
    const operator = pod('operator', 'operators', {
      'app.kubernetes.io/name': 'prometheus-operator',
    });
    const nodes = podTemplates(manifests).map(({ labels, namespace, owner }) =>
      pod(owner.split(' ')[1] ?? '', namespace, labels),
    );
    const prometheus = nodes.filter(({ name }) => name === 'tenancy');
    expect(table(policiesOf(manifests), strangers, nodes)).toEqual([
      'other -> tenancy: 8080 10902',
      'other -> thanos-store-gateway: 10902',
      'other -> thanos-compactor: 10902',
      'other -> thanos-querier: 10902',
      'other -> thanos-query-frontend: 10902',
      'other -> tenant-query-frontend: 9091',
    ]);
    expect(table(policiesOf(manifests), prometheus, nodes)).toEqual([]);
    const open = table(policiesOf(manifests), prometheus, [operator]);
    expect(open).toEqual(['tenancy -> operator: 443 6443']);
    // Its own would need the way, and nobody else gets it.
    const before = policiesOf(manifestsOf(OWN));
    expect(table(before, nodes, [operator])).toContain('tenancy -> operator: 443 6443 8080');
    expect(table(before, nodes, [operator]).filter((it) => it.includes('8080'))).toHaveLength(1);
    expect(table(before, strangers, nodes)).toEqual([]);
  });
});

describe('PlatformMonitors for another Prometheus', () => {
  it('finds a Service in front of every part that there is', () => {
    const chart = platformChart();
    const cluster = 'main';
    const grpcTls = GrpcTls.fromSecrets();
    const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster, grpcTls });
    const store = new ThanosStoreGateway(chart, 'store', { shards: 2, grpcTls });
    const bucketWeb = new ThanosBucketWeb(chart, 'bucket-web');
    const compactor = new ThanosCompactor(chart, 'compactor', {
      stores: [store],
      shards: { other: { cluster: ['other'] } },
    });
    const receive = new ThanosReceive(chart, 'receive', { cluster, grpcTls });
    const ruler = new ThanosRuler(chart, 'ruler', {
      cluster,
      grpcTls,
      query: ThanosQuerier.named(),
      rules: { platform: '{"groups":[]}' },
    });
    const querier = new ThanosQuerier(chart, 'querier', {
      endpoints: [prometheus, store, receive, ruler],
    });
    const frontend = new TenantQueryFrontend(chart, 'frontend', {
      upstream: querier,
      code: RuntimeCode.configMap(PLACEHOLDER),
      legacyAlias: true,
    });
    const parts = [compactor, ruler, bucketWeb, ...receive.parts];
    const watchedBy = WatchingPrometheus.other(OTHER);
    void new PlatformMonitors(chart, 'monitors', {
      prometheus,
      querier,
      frontend,
      parts,
      watchedBy,
    });
    const manifests = manifestsOf(chart);
    const monitors = manifests.filter(isMonitor);
    expect(monitors.filter(({ kind }) => kind === 'PodMonitor')).toEqual([]);
    const scraped = monitors.flatMap((it) => scrapedBy(it, manifests));
    expect(new Set(scraped).size).toBe(scraped.length);
    const ports = (template: PodTemplate): string[] =>
      portNames(template)
        .filter((name) => ['http', 'operations', 'reloader-web'].includes(String(name)))
        .map((name) => `${template.owner}: ${String(name)}`);
    expect(scraped.toSorted()).toEqual(podTemplates(manifests).flatMap(ports).toSorted());
    expect(scraped.length).toBeGreaterThan(11);
  });

  it('takes the pods where no Service leads to them, or only one of another namespace', () => {
    const app = new App();
    const chart = new Chart(app, 'platform', { namespace: 'monitoring' });
    const elsewhere = new Chart(app, 'elsewhere', { namespace: 'other' });
    void new ThanosBucketWeb(elsewhere, 'bucket-web');
    const podLabels = new ThanosBucketWeb(platformChart(), 'bucket-web').pods.podLabels;
    const pods = { component: 'extra', podLabels, metricsPorts: [{ name: 'http', port: 1 }] };
    const none = { pods: { component: 'none', podLabels: { a: 'b' }, metricsPorts: [] } };
    void new PlatformMonitors(chart, 'monitors', {
      prometheus: { ...none, tenancyLabel: OWN.prometheus.tenancyLabel },
      querier: { ...none, endpoints: [] },
      frontend: { pods },
      watchedBy: WatchingPrometheus.other({ ...OTHER, interval: Duration.seconds(30) }),
    });
    const monitor = only(manifestsOf(chart), 'PodMonitor');
    expect(at(monitor.spec, 'selector')).toEqual({ matchLabels: podLabels });
    expect(listAt(monitor.spec, 'podMetricsEndpoints')).toEqual([
      expect.objectContaining({ port: 'http', interval: '30s' }),
    ]);
  });
});

describe('a monitor', () => {
  it('says what becomes of the series, as a ScrapeConfig does', () => {
    const metricRelabelings = [{ action: 'labeldrop', regex: 'aside' }] as const;
    const chart = platformChart();
    const { other } = WatchingPrometheus.other(OTHER);
    if (other === undefined) throw new Error('it is the own one');
    const pods: ScrapedPods = {
      name: 'it',
      namespace: undefined,
      podLabels: { a: 'b' },
      portNames: ['http', 'more'],
      namespaceLabels: ['namespace'],
      labels: {},
      metricRelabelings,
    };
    addPodScrape(chart, pods);
    addMonitor(chart, pods, other);
    const manifests = manifestsOf(chart);
    expect(at(only(manifests, 'ScrapeConfig').spec, 'metricRelabelings')).toEqual(
      metricRelabelings,
    );
    const endpoints = listAt(only(manifests, 'PodMonitor').spec, 'podMetricsEndpoints');
    expect(endpoints.map((it) => at(it, 'metricRelabelings'))).toEqual([
      metricRelabelings,
      metricRelabelings,
    ]);
  });
});

describe('PrometheusOperatorMonitor', () => {
  function synth(props: Partial<PrometheusOperatorMonitorProps> = {}, namespace?: string): Json {
    const chart = new Chart(new App(), 'platform', { namespace: namespace ?? 'monitoring' });
    const { prometheus } = OWN;
    void new PrometheusOperatorMonitor(chart, 'operator', { prometheus, ...props });
    return manifestsOf(chart)[0];
  }

  const watchedBy = WatchingPrometheus.other(OTHER);
  const toPlatform = { action: 'replace', targetLabel: 'namespace', replacement: 'monitoring' };

  it('gives the series to the platform, wherever the operator runs', () => {
    const own = synth({ namespace: 'operators' });
    expect(at(own, 'kind')).toBe('ScrapeConfig');
    expect(listAt(own, 'spec', 'relabelings').at(-1)).toEqual(toPlatform);
    expect(at(own, 'spec', 'kubernetesSDConfigs', 0, 'namespaces')).toEqual({
      names: ['operators'],
    });
    const other = synth({ namespace: 'operators', watchedBy });
    expect(at(other, 'kind')).toBe('PodMonitor');
    expect(at(other, 'spec', 'namespaceSelector')).toEqual({ matchNames: ['operators'] });
    expect(listAt(other, 'spec', 'podMetricsEndpoints', 0, 'relabelings')).toContainEqual(
      toPlatform,
    );
  });

  it('names no namespace where the operator is a neighbour', () => {
    for (const namespace of [undefined, 'monitoring']) {
      const props = namespace === undefined ? {} : { namespace };
      expect(at(synth(props), 'spec', 'kubernetesSDConfigs', 0, 'namespaces')).toEqual({
        ownNamespace: true,
      });
      expect(at(synth({ ...props, watchedBy }), 'spec', 'namespaceSelector')).toBeUndefined();
      expect(JSON.stringify(at(synth(props), 'spec'))).not.toContain('"replacement"');
    }
  });

  it('refuses to reach every pod of a namespace', () => {
    for (const namespace of ['ops', undefined]) {
      const props = namespace === undefined ? {} : { namespace };
      expect(() => synth({ ...props, podLabels: {} })).toThrow(SynthError);
      expect(() => synth({ ...props, podLabels: {} })).toThrow(/would mean every pod/);
    }
  });

  it('verifies the certificate of the operator, if it has one', () => {
    const tls = { serverName: 'operator', caSecret: 'operator-ca', caKey: 'ca' };
    const port = { name: 'https', port: 10_250 };
    const tlsConfig = {
      ca: { secret: { name: 'operator-ca', key: 'ca' } },
      serverName: 'operator',
    };
    expect(at(synth({ tls, port }), 'spec')).toMatchObject({ scheme: 'HTTPS', tlsConfig });
    expect(at(synth({ tls, port, watchedBy }), 'spec', 'podMetricsEndpoints', 0)).toMatchObject({
      port: 'https',
      scheme: 'https',
      tlsConfig,
    });
  });
});
