import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  namespacesOfSeries,
  PLATFORM_SCRAPE_CLASS,
} from '../../../lib/prometheus/reserved-names.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { freePort } from '../harness/places.ts';
import { describeReal } from '../harness/skip.ts';
import { OWN, podMonitor, VICTIM } from './admission-case.ts';
import { create, PLATFORM, refusingRules } from './admitted-cluster.ts';
import { expose, exposingServers } from './exposing-servers.ts';
import { querySeries, type ScrapedCluster, startScrapedCluster } from './scraped-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus-kubernetes',
] as const;

const EXPOSED = [
  `kube_pod_info{namespace="${VICTIM}",pod="x"} 1`,
  `kubernetes_like{namespace="${VICTIM}"} 1`,
  'plain 1',
  '',
].join('\n');

await describeReal('monitors of the platform beside those of tenants', PARTS, () => {
  let scraped: ScrapedCluster;
  const servers = exposingServers();

  const monitor = (
    name: string,
    namespace: string,
    app: string,
    more: Manifest = {},
    spec: Manifest = {},
  ): Manifest => ({
    ...podMonitor({ interval: '200ms', ...more }, { selector: { matchLabels: { app } }, ...spec }),
    metadata: { name, namespace },
  });

  beforeAll(async () => {
    scraped = await startScrapedCluster();
    const port = await freePort();
    await servers.listen(port, (_request, response) => expose(response, EXPOSED));
    await scraped.addPod({ namespace: OWN, name: 'web', port });
    for (const name of ['named', 'kube-state-metrics']) {
      await scraped.addPod({ namespace: OWN, name, port });
    }
    await scraped.addPod({ namespace: PLATFORM, name: 'metrics', port });
    await scraped.patchPrometheus({
      podMonitorNamespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: [OWN, PLATFORM] },
        ],
      },
      excludedFromEnforcement: [
        { group: 'monitoring.coreos.com', resource: 'podmonitors', namespace: PLATFORM },
      ],
    });
    const platform = { scrapeClass: PLATFORM_SCRAPE_CLASS };
    const relabelled = { metricRelabelings: namespacesOfSeries('namespace') };
    const values = ['named', 'kube-state-metrics'];
    const named = { matchExpressions: [{ key: 'app', operator: 'In', values }] };
    const monitors = [
      monitor('tenant', OWN, 'web'),
      monitor('claims', OWN, 'web', {}, { jobLabel: 'app', selector: named }),
      monitor('bare', PLATFORM, 'metrics', {}, platform),
      monitor('relabelled', PLATFORM, 'metrics', relabelled, platform),
    ];
    for (const object of monitors) {
      expect(refusingRules(await create(scraped.cluster, object))).toEqual([]);
    }
    await scraped.reload((config) =>
      ['tenant', 'claims', 'bare', 'relabelled'].every((name) => config.includes(`/${name}/0`)),
    );
    for (const job of ['named', `${OWN}/tenant`, `${PLATFORM}/bare`, `${PLATFORM}/relabelled`]) {
      await scraped.awaitSeries(`plain{job="${job}"}`);
    }
  });

  afterAll(async () => {
    servers.stop();
    await scraped.stop();
  });

  const labelsOf = async (expression: string): Promise<readonly unknown[]> =>
    (await querySeries(scraped.prometheus, expression)).map(({ metric }) => metric);

  it('lose the namespaces of their series, though the enforcement leaves them alone', async () => {
    const [labels] = await labelsOf(`kube_pod_info{job="${PLATFORM}/bare"}`);
    expect(labels).toMatchObject({ namespace: PLATFORM, exported_namespace: VICTIM });
  });

  it('keep them by the relabelling of the kit', async () => {
    const job = `${PLATFORM}/relabelled`;
    const [labels] = await labelsOf(`kube_pod_info{job="${job}"}`);
    expect(labels).toMatchObject({ namespace: VICTIM });
    expect(labels).not.toHaveProperty('exported_namespace');
    // What names no namespace stays with that of the monitor.
    expect(await labelsOf(`plain{job="${job}"}`)).toEqual([
      expect.objectContaining({ namespace: PLATFORM }),
    ]);
  });

  it('are not joined by series of the same name from a tenant', async () => {
    expect(await labelsOf(`kube_pod_info{job="${OWN}/tenant"}`)).toEqual([]);
    expect(await labelsOf(`kubernetes_like{job="${OWN}/tenant"}`)).toEqual([
      expect.objectContaining({ namespace: OWN, exported_namespace: VICTIM }),
    ]);
  });

  it('are not joined by a job of the same name from a tenant', async () => {
    expect(await labelsOf('up{job="named"}')).toHaveLength(1);
    expect(await labelsOf('{job="kube-state-metrics"}')).toEqual([]);
  });
});
