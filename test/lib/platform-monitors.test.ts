import { JsonPatch } from 'cdk8s';
import { describe, expect, it } from '@jest/globals';
import {
  KubeStateMetricsMonitor,
  PlatformMonitors,
  RuntimeCode,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosCompactor,
  ThanosQuerier,
  ThanosReceive,
  ThanosRuler,
  ThanosStoreGateway,
} from '../../lib/index.ts';
import {
  at,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
  platformChart,
} from './support/manifests.ts';
import { platformManifests } from './support/platform.ts';
import { podTemplates } from './support/pod-templates.ts';

const KIT = 'app.kubernetes.io';

function scrapeConfigs(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.filter(({ kind }) => kind === 'ScrapeConfig');
}

/** The labels of the selector of a scrape configuration. */
function selectorOf(manifest: Manifest): Readonly<Record<string, string>> {
  const label = String(at(manifest.spec, 'kubernetesSDConfigs', 0, 'selectors', 0, 'label'));
  return Object.fromEntries(label.split(',').map((it) => it.split('=') as [string, string]));
}

describe('PlatformMonitors', () => {
  const manifests = platformManifests();
  // Prometheus scrapes its own web port on the loopback, which selects no pods.
  const found = scrapeConfigs(manifests).filter(
    ({ spec }) => at(spec, 'kubernetesSDConfigs') !== undefined,
  );

  it('has every pod of the platform scraped, by one configuration each', () => {
    for (const { labels, owner } of podTemplates(manifests)) {
      const matching = found.filter((it) =>
        Object.entries(selectorOf(it)).every(([name, value]) => labels[name] === value),
      );
      expect([owner, matching.map(({ metadata }) => metadata.namespace)]).toEqual([
        owner,
        ['monitoring'],
      ]);
    }
    expect(found.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'prometheus-tenancy',
      'tenant-query-frontend',
      'thanos-compactor',
      'thanos-querier',
      'thanos-query-frontend',
      'thanos-store-gateway',
    ]);
  });

  it('is what the Prometheus of the kit looks for, in its own namespace', () => {
    const selector = at(only(manifests, 'Prometheus').spec, 'scrapeConfigSelector', 'matchLabels');
    for (const { metadata } of found) expect(metadata.labels).toMatchObject(selector as object);
    expect(found.map((it) => at(it.spec, 'kubernetesSDConfigs', 0, 'namespaces'))).toEqual(
      found.map(() => ({ ownNamespace: true })),
    );
  });

  it('reads the metrics ports alone, and gives the series to the platform', () => {
    const frontend = found.find(({ metadata }) => metadata.name === 'tenant-query-frontend');
    expect(frontend?.spec).toEqual({
      jobName: 'tenant-query-frontend',
      scrapeClass: 'platform',
      kubernetesSDConfigs: [
        {
          role: 'Pod',
          namespaces: { ownNamespace: true },
          selectors: [
            {
              role: 'Pod',
              label: `${KIT}/component=tenant-query-frontend,${KIT}/instance=tenant-query-frontend,${KIT}/part-of=prometheus-tenancy-kit`,
            },
          ],
        },
      ],
      relabelings: [
        {
          action: 'drop',
          sourceLabels: ['__meta_kubernetes_pod_phase'],
          regex: '(Failed|Succeeded)',
        },
        {
          action: 'drop',
          sourceLabels: ['__meta_kubernetes_pod_container_init'],
          regex: 'true',
        },
        {
          action: 'keep',
          sourceLabels: ['__meta_kubernetes_pod_container_port_name'],
          regex: '(operations)',
        },
        { action: 'replace', sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'pod' },
        {
          action: 'replace',
          sourceLabels: ['__meta_kubernetes_pod_container_name'],
          targetLabel: 'container',
        },
        {
          action: 'replace',
          sourceLabels: ['__meta_kubernetes_namespace'],
          targetLabel: 'namespace',
        },
      ],
    });
  });

  it('has each pod of every Thanos component scraped once, shards and routers included', () => {
    const chart = platformChart();
    const cluster = 'main';
    const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster });
    const store = new ThanosStoreGateway(chart, 'store', { shards: 2 });
    const compactor = new ThanosCompactor(chart, 'compactor', {
      stores: [store],
      shards: { other: { cluster: ['other'] } },
    });
    const receive = new ThanosReceive(chart, 'receive', { cluster });
    const ruler = new ThanosRuler(chart, 'ruler', {
      cluster,
      query: ThanosQuerier.named(),
      rules: { platform: '{"groups":[]}' },
    });
    const querier = new ThanosQuerier(chart, 'querier', {
      endpoints: [prometheus, store, receive, ruler],
    });
    const frontend = new TenantQueryFrontend(chart, 'frontend', {
      upstream: querier,
      code: RuntimeCode.configMap(PLACEHOLDER),
    });
    const parts = [compactor, ruler, ...receive.parts];
    void new PlatformMonitors(chart, 'monitors', { prometheus, querier, frontend, parts });
    const everything = manifestsOf(chart);
    const selectors = scrapeConfigs(everything).map(selectorOf);
    const pods = podTemplates(everything);
    expect(pods.length).toBeGreaterThan(8);
    for (const { labels, owner } of pods) {
      const matching = selectors.filter((it) =>
        Object.entries(it).every(([name, value]) => labels[name] === value),
      );
      expect([owner, matching.length]).toEqual([owner, 1]);
    }
  });
});

describe('KubeStateMetricsMonitor', () => {
  function synth(tenancyLabel?: string): readonly Manifest[] {
    const chart = platformChart();
    const prometheus = new TenantPrometheus(chart, 'prometheus', {
      cluster: 'main',
      ...(tenancyLabel !== undefined && { tenancyLabel }),
    });
    void new KubeStateMetricsMonitor(chart, 'ksm', { prometheus });
    return manifestsOf(chart);
  }

  it('gives each series to the namespace that it speaks of', () => {
    const [monitor] = scrapeConfigs(synth());
    expect(at(monitor?.spec, 'metricRelabelings')).toEqual([
      {
        action: 'replace',
        sourceLabels: ['exported_namespace'],
        regex: '(.+)',
        targetLabel: 'namespace',
      },
      { action: 'labeldrop', regex: 'exported_namespace' },
    ]);
    expect(at(monitor?.spec, 'kubernetesSDConfigs', 0, 'namespaces')).toEqual({
      names: ['kube-system'],
    });
    const [other] = scrapeConfigs(synth('tenant'));
    expect(at(other?.spec, 'metricRelabelings')).toEqual([
      {
        action: 'replace',
        sourceLabels: ['exported_namespace'],
        regex: '(.+)',
        targetLabel: 'tenant',
      },
      {
        action: 'replace',
        sourceLabels: ['exported_namespace'],
        regex: '(.+)',
        targetLabel: 'namespace',
      },
      { action: 'labeldrop', regex: 'exported_namespace' },
    ]);
  });

  it('is excluded from the enforcement by its name, and nothing else is', () => {
    expect(at(only(synth(), 'Prometheus').spec, 'excludedFromEnforcement')).toEqual([
      {
        group: 'monitoring.coreos.com',
        resource: 'scrapeconfigs',
        namespace: 'monitoring',
        name: 'kube-state-metrics',
      },
    ]);
  });

  it.each<readonly [string, object, boolean]>([
    ['an object of the platform', { namespace: 'monitoring', name: 'x' }, true],
    ['a whole namespace', { namespace: 'monitoring' }, false],
    ['no name', { namespace: 'monitoring', name: '' }, false],
    ['an object of a tenant', { namespace: 'team-a', name: 'x' }, false],
  ])('lets a patch exclude %s: %j', (_what, exclusion, isTaken) => {
    const chart = platformChart();
    const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
    const group = 'monitoring.coreos.com';
    prometheus.apiObject.addJsonPatch(
      JsonPatch.add('/spec/excludedFromEnforcement', [
        { group, resource: 'servicemonitors', ...exclusion },
      ]),
    );
    const build = (): unknown => manifestsOf(chart);
    if (isTaken) expect(build).not.toThrow();
    else expect(build).toThrow(/excludedFromEnforcement must name single objects of monitoring/);
  });
});
