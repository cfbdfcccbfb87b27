import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../harness/cluster-objects.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { AT_FLOOR } from '../harness/parts.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import {
  accepted,
  monitoring,
  oauth2,
  OWN,
  podMonitor,
  refused,
  serviceMonitor,
  VICTIM,
} from './admission-case.ts';
import {
  enforce,
  refusingRules,
  startAdmittedCluster,
  tryCreate,
  typeWarnings,
} from './admitted-cluster.ts';
import { byDefinitions, UNKNOWN_TO_DEFINITIONS } from './oldest-definitions.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
] as const;

const OPTIONS = {
  tenancyLabel: 'tenant_id',
  oauth2Hosts: ['login.example.com'],
  scrapeClasses: ['slow'],
  probers: ['blackbox.monitoring:9115'],
  unsafeScrapeConfigs: true,
} as const;

const probe = (spec: Manifest = {}, target: Manifest = {}): Manifest =>
  monitoring('Probe', {
    followRedirects: false,
    prober: { url: 'blackbox.monitoring:9115' },
    targets: { staticConfig: { static: ['https://example.com'], ...target } },
    ...spec,
  });

const ingress = (fields: Manifest): Manifest =>
  probe({ targets: { ingress: { selector: {}, ...fields } } });

const scrapeConfig = (spec: Manifest = {}, sd: Manifest = {}): Manifest =>
  monitoring(
    'ScrapeConfig',
    {
      kubernetesSDConfigs: [{ role: 'Pod', namespaces: { names: [OWN] }, ...sd }],
      relabelings: [
        { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_phase'], regex: 'Running' },
      ],
      ...spec,
    },
    'v1alpha1',
  );

const proxied = { proxyUrl: 'http://prometheus:9090' };
const elsewhere = { targetLabel: '__address__', replacement: 'prometheus:9090' };

const CASES = byDefinitions([
  ...accepted({
    'a ServiceMonitor that asks an allowed host': serviceMonitor({
      oauth2: oauth2('https://login.example.com/token'),
    }),
    'a ServiceMonitor that asks an allowed host with parameters': serviceMonitor({
      oauth2: oauth2('https://login.example.com/token', { endpointParams: { audience: '<<' } }),
    }),
    'a ServiceMonitor of an allowed class': serviceMonitor({}, { scrapeClass: 'slow' }),
    'a ServiceMonitor that writes a label called namespace': serviceMonitor({
      relabelings: [{ targetLabel: 'namespace', replacement: 'x' }],
    }),
    'a Probe of an allowed prober': probe(),
    'a Probe of Ingresses': ingress({ namespaceSelector: { matchNames: [OWN] } }),
    'a Probe with labels': probe({}, { labels: { team: 'x' } }),
    'a ScrapeConfig of its own pods': scrapeConfig(),
  }),
  ...refused('oauth2', {
    'an allowed host without TLS': serviceMonitor({
      oauth2: oauth2('http://login.example.com/token'),
    }),
    'another host': serviceMonitor({ oauth2: oauth2('https://login.example.com.evil/token') }),
    'another host behind an allowed name': serviceMonitor({
      oauth2: oauth2('https://login.example.com@evil.example/token'),
    }),
    'another port': podMonitor({ oauth2: oauth2('https://login.example.com:9090/token') }),
    'an allowed host with an instruction in YAML': podMonitor({
      oauth2: oauth2('https://login.example.com/token', { endpointParams: { '<<': 'x' } }),
    }),
    'a ScrapeConfig of an allowed host with such an instruction': scrapeConfig({
      oauth2: oauth2('https://login.example.com/token', { endpointParams: { '<<': 'x' } }),
    }),
    'an allowed host over a proxy': podMonitor({
      oauth2: oauth2('https://login.example.com/token', proxied),
    }),
  }),
  ...refused('scrapeClass', {
    'a class that is not allowed': serviceMonitor({}, { scrapeClass: 'platform' }),
  }),
  ...refused('relabelTarget', {
    'a relabelling to this tenancy label': serviceMonitor({
      relabelings: [{ targetLabel: 'tenant_id', replacement: 'x' }],
    }),
    'a Probe that relabels its address': probe({}, { relabelingConfigs: [elsewhere] }),
    'a Probe of Ingresses that relabels its address': ingress({ relabelingConfigs: [elsewhere] }),
    'a Probe that relabels its metrics': probe({ metricRelabelings: [elsewhere] }),
    'a ScrapeConfig that relabels its address': scrapeConfig(
      { relabelings: [elsewhere] },
      { role: 'EndpointSlice' },
    ),
  }),
  ...refused('targetLabels', {
    'a label of a Service that becomes this tenancy label': serviceMonitor(
      {},
      { targetLabels: ['tenant.id'] },
    ),
  }),
  ...refused('alertmanagerConfig', {
    'an AlertmanagerConfig, which the operator confines by namespace': monitoring(
      'AlertmanagerConfig',
      { receivers: [{ name: 'r' }], route: { receiver: 'r' } },
      'v1alpha1',
    ),
  }),
  ...refused('followRedirects', {
    'a Probe that follows redirects': probe({ followRedirects: true }),
  }),
  ...refused('prober', {
    'a Probe of Prometheus': probe({ prober: { url: 'prometheus.monitoring:9090' } }),
    'a Probe without a prober': probe({ prober: null }),
  }),
  ...refused('proxy', {
    'a Probe over a proxy': probe({ prober: { url: 'blackbox.monitoring:9115', ...proxied } }),
    'a ScrapeConfig over a proxy': scrapeConfig(proxied),
  }),
  ...refused('federatePath', {
    'a Probe of /federate': probe({
      prober: { url: 'blackbox.monitoring:9115', path: '/federate' },
    }),
    'a ScrapeConfig of /federate': scrapeConfig({ metricsPath: '/federate' }),
  }),
  ...refused('matchParameter', {
    'a Probe with match[]': probe({ params: [{ name: 'match[]', values: ['x'] }] }),
    'a ScrapeConfig with match[]': scrapeConfig({ params: { 'match[]': ['x'] } }),
  }),
  ...refused('parameterName', {
    'a Probe with an instruction in YAML': probe({ params: [{ name: '<<', values: ['x'] }] }),
    'a ScrapeConfig with one': scrapeConfig({ params: { '<<': ['x'] } }),
  }),
  ...refused('namespaceSelector', {
    'a Probe of Ingresses elsewhere': ingress({ namespaceSelector: { matchNames: [VICTIM] } }),
  }),
  ...refused('staticLabels', {
    'a Probe that labels an address': probe({}, { labels: { __address__: 'prometheus:9090' } }),
    'a Probe that labels a tenant': probe({}, { labels: { tenant_id: VICTIM } }),
  }),
  ...refused('jobName', {
    'a Probe with a job': probe({ jobName: 'kube-state-metrics' }),
    'a ScrapeConfig with a job': scrapeConfig({ jobName: 'kube-state-metrics' }),
  }),
  ...refused('discovery', {
    'a ScrapeConfig of static targets': scrapeConfig({ staticConfigs: [{ targets: ['a:1'] }] }),
    'a ScrapeConfig of files': scrapeConfig({ fileSDConfigs: [{ files: ['/etc/x.json'] }] }),
    'a ScrapeConfig of names': scrapeConfig({ dnsSDConfigs: [{ names: ['x'] }] }),
  }),
  ...refused('kubernetesDiscovery', {
    'a ScrapeConfig of another namespace': scrapeConfig(
      {},
      { namespaces: { names: [OWN, VICTIM] } },
    ),
    'a ScrapeConfig of every namespace': scrapeConfig({}, { namespaces: null }),
    'a ScrapeConfig of Services': scrapeConfig({}, { role: 'Service' }),
    'a ScrapeConfig of Ingresses': scrapeConfig({}, { role: 'Ingress' }),
    'a ScrapeConfig of another cluster': scrapeConfig({}, { apiServer: 'https://evil.example' }),
  }),
  ...refused('relabelings', {
    'a ScrapeConfig without relabelling': scrapeConfig({ relabelings: null }),
  }),
  ...refused('runningPods', {
    'a ScrapeConfig of pods that ended': scrapeConfig({
      relabelings: [{ targetLabel: 'x', replacement: 'y' }],
    }),
    'a ScrapeConfig of pods that succeeded': scrapeConfig({
      relabelings: [
        {
          action: 'keep',
          sourceLabels: ['__meta_kubernetes_pod_phase'],
          regex: 'Running|Succeeded',
        },
      ],
    }),
  }),
  ...refused('honorLabels', {
    'a ScrapeConfig with honorLabels': scrapeConfig({ honorLabels: true }),
  }),
  ...refused('nativeHistograms', {
    'a Probe of native histograms': probe({ scrapeNativeHistograms: true }),
    'a ScrapeConfig that makes histograms native': scrapeConfig({
      convertClassicHistogramsToNHCB: true,
    }),
  }),
  ...refused('interval', { 'a ScrapeConfig of a second': scrapeConfig({ scrapeInterval: '1s' }) }),
]);

await describeReal('the admission policies with other settings', PARTS, () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startAdmittedCluster(OPTIONS);
  });

  afterAll(() => cluster.stop());

  it('are in line with the fields of each kind', async () => {
    expect(await typeWarnings(cluster, OPTIONS)).toEqual({});
  });

  describe('accept', () => {
    it.each(CASES.known.filter((it) => it.refusedBy === undefined))('$name', async ({ object }) => {
      expect(refusingRules(await tryCreate(cluster, object))).toEqual([]);
    });
  });

  describe('refuse', () => {
    it.each(CASES.known.filter((it) => it.refusedBy !== undefined))(
      '$name ($refusedBy)',
      async ({ object, refusedBy }) => {
        expect(refusingRules(await tryCreate(cluster, object))).toEqual([
          expect.stringContaining(`${refusedBy}: `),
        ]);
      },
    );
  });

  if (AT_FLOOR) {
    it.each(CASES.unknown)('need not refuse, for the definitions do: $name', async ({ object }) => {
      const { body, status } = await tryCreate(cluster, object);
      expect([400, 422]).toContain(status);
      expect(readPath(body, 'message')).toMatch(UNKNOWN_TO_DEFINITIONS);
    });

    it('refuse every Probe, whose operator cannot be told to follow no redirect', async () => {
      const { followRedirects: _, ...spec } = probe()['spec'] as Manifest;
      const object = monitoring('Probe', spec);
      expect(refusingRules(await tryCreate(cluster, object))).toEqual([
        expect.stringContaining('followRedirects: '),
      ]);
    });
  }

  it('only warn where they are told to', async () => {
    await enforce(cluster, { unsafeWarnOnly: true });
    const bad = serviceMonitor({ followRedirects: true });
    const answer = await tryCreate(cluster, bad);
    expect(answer.status).toBe(201);
    expect(String(answer.headers['warning'])).toContain('followRedirects: ');
  });
});
