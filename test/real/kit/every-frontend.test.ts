import { Chart } from 'cdk8s';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  KubeStateMetricsMonitor,
  PlatformMonitors,
  RuntimeCode,
  TenantPrometheus,
  TenantQueryFrontend,
} from '../../../lib/index.ts';
import { Subject, Tenant } from '../../../tenant/onboarding/index.ts';
import { EVERY_PROPERTY } from '../../lib/support/every-frontend.ts';
import { at, type Manifest, manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { describeReal } from '../harness/skip.ts';
import { resourceVersions } from './resource-versions.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'] as const;

/** A frontend with every property, one out of an image, their monitors, and a tenant with silencers. */
function synth(): readonly Manifest[] {
  const chart = platformChart();
  const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
  const frontend = new TenantQueryFrontend(chart, 'frontend', EVERY_PROPERTY);
  const { code: _code, ...props } = EVERY_PROPERTY;
  void new TenantQueryFrontend(chart, 'imaged', {
    ...props,
    name: 'imaged',
    code: RuntimeCode.image(`registry.example/kit@sha256:${'0'.repeat(64)}`),
  });
  const querier = { pods: props.upstream.pods, endpoints: [] };
  void new PlatformMonitors(chart, 'monitors', { prometheus, querier, frontend });
  void new KubeStateMetricsMonitor(chart, 'kube-state-metrics', { prometheus });
  const tenants = new Chart(chart.node.root, 'tenants', { disableResourceNameHashes: true });
  void new Tenant(tenants, 'team-a', {
    namespace: 'team-a',
    frontend,
    scraper: prometheus,
    silencers: [Subject.group('on-call')],
  });
  return manifestsOf(chart, tenants);
}

await describeReal('a frontend with every property, applied on the server side', PARTS, () => {
  const manifests = synth();
  let cluster: TestCluster;

  beforeAll(async () => {
    const labels = { 'pod-security.kubernetes.io/warn': 'restricted' };
    cluster = await startOperatorCluster({ namespaces: ['monitoring', 'team-a'], labels });
  }, 300_000);

  afterAll(() => cluster?.stop());

  const FLAGS = ['apply', '--server-side', '--validate=strict', '--filename=-'] as const;
  const listOf = (items: readonly unknown[]): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const apply = async (): Promise<void> => {
    const { stderr, stdout } = await mustKubectl(cluster.kubectl, FLAGS, listOf(manifests));
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(manifests.length);
  };

  it('is taken without a warning, field for field, and changes nothing the second time', async () => {
    await apply();
    const first = await resourceVersions(cluster, manifests);
    expect(first.size).toBe(manifests.length);
    await apply();
    expect(await resourceVersions(cluster, manifests)).toEqual(first);
  });

  it.each<readonly [string, readonly string[]]>([
    ['ScrapeConfig', ['spec', 'scrapeClasses']],
    ['Deployment', ['spec', 'template', 'spec', 'volume']],
  ])('is refused with an unknown field in a %s', async (kind, path) => {
    const found = manifests.find((it) => it.kind === kind);
    const planted: unknown = JSON.parse(JSON.stringify(found));
    const parent = at(planted, ...path.slice(0, -1)) as Record<string, unknown>;
    parent[path.at(-1) ?? ''] = [];
    const refused = await cluster.kubectl([...FLAGS], { stdin: listOf([planted]) });
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain(path.at(-1));
  });
});
