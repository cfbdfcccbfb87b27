import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PrometheusSelfMonitor, WebAccess } from '../../../lib/index.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
} from '../../lib/support/manifests.ts';
import { platformManifests } from '../../lib/support/platform.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import {
  awaitConfig,
  type RunningOperator,
  startPrometheusOperator,
} from '../harness/prometheus-operator.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { webSecrets } from '../kit/support/web-secrets.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
] as const;

const KINDS = ['Prometheus', 'PrometheusRule', 'ScrapeConfig', 'Secret', 'ServiceAccount'];

// What a tenant would write to have its own rules evaluated by the platform.
const INTRUDER = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: {
    name: 'intruder',
    namespace: 'team-a',
    labels: { 'prometheus-tenancy-kit/rules': 'platform' },
  },
  spec: { groups: [{ name: 'intruder', rules: [{ record: 'stolen', expr: 'up' }] }] },
};

/** How Prometheus scrapes a web port of its own that asks for a certificate. */
function withCertificates(): Manifest {
  const chart = platformChart();
  const webAccess = WebAccess.clientCertificates();
  void new PrometheusSelfMonitor(chart, 'self', { prometheus: { name: 'certified', webAccess } });
  const scrape = only(manifestsOf(chart), 'ScrapeConfig');
  expect(at(scrape.spec, 'tlsConfig', 'keySecret')).toEqual({
    name: 'prometheus-web-client-tls',
    key: 'tls.key',
  });
  return scrape;
}

await describeReal('the rules of the platform, on the real operator', PARTS, () => {
  let cluster: TestCluster;
  let operator: RunningOperator;
  const manifests = platformManifests();

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await cluster.installCrds(await operatorCrdFolder());
    await cluster.createNamespace('monitoring');
    await cluster.createNamespace('team-a', { 'prometheus-tenancy-kit/tenant': 'true' });
    operator = await startPrometheusOperator(cluster);
    await cluster.apply(webSecrets('monitoring'));
  });

  afterAll(async () => {
    await operator.stop();
    await cluster.stop();
  });

  const ruleFiles = async (name: string): Promise<string> => {
    const path = `/api/v1/namespaces/monitoring/configmaps/prometheus-${name}-rulefiles-0`;
    const { body } = await cluster.request('GET', path);
    return JSON.stringify(readPath(body, 'data') ?? {});
  };

  it('are taken field for field, by a server-side apply without a warning', async () => {
    const own = [
      ...manifests.filter(({ kind }) => kind === 'PrometheusRule' || kind === 'ConfigMap'),
      withCertificates(),
    ];
    expect(own.length).toBeGreaterThan(3);
    const { stderr } = await mustKubectl(
      cluster.kubectl,
      ['apply', '--server-side', '--validate=strict', '--filename=-'],
      own.map((it) => JSON.stringify(it)).join('\n'),
    );
    expect(stderr).toBe('');
    const planted = only(manifests, 'PrometheusRule');
    const groups = listAt(planted.spec, 'groups').map((it) => ({ ...(it as object), rulez: [] }));
    const refused = await cluster.kubectl(
      ['apply', '--server-side', '--validate=strict', '--dry-run=server', '--filename=-'],
      { stdin: JSON.stringify({ ...planted, spec: { groups } }) },
    );
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('rulez');
  });

  it('reach Prometheus, and those of a tenant under the same label do not', async () => {
    await cluster.apply([INTRUDER]);
    await cluster.apply(
      manifests.filter(({ kind }) => KINDS.includes(kind)).map((it) => ({ ...it })),
    );
    const files = await poll(
      async () => {
        const text = await ruleFiles('tenancy');
        return text.includes('ThanosCompactorHalted') ? text : undefined;
      },
      { what: 'the rule files of the platform' },
    );
    expect(files).toContain('TenantQueryFrontendErrors');
    expect(files).not.toContain('stolen');
  });

  it('would take those of a tenant if the namespaces were not confined', async () => {
    const platform = only(manifests, 'Prometheus');
    const open: Manifest = {
      ...platform,
      metadata: { ...platform.metadata, name: 'open' },
      spec: { ...(platform.spec as object), ruleNamespaceSelector: {} },
    };
    await cluster.apply([{ ...open }]);
    await poll(async () => ((await ruleFiles('open')).includes('stolen') ? true : undefined), {
      what: 'the rules of the tenant',
    });
  });

  it('find metrics of Prometheus itself, scraped on the loopback into the namespace of the platform', async () => {
    const config = await awaitConfig(cluster, { namespace: 'monitoring', name: 'tenancy' }, (it) =>
      it.includes('prometheus-server-tenancy'),
    );
    const scrape = listAt(parse(config), 'scrape_configs').find((it) =>
      String(at(it, 'job_name')).endsWith('/prometheus-server-tenancy'),
    );
    expect(at(scrape, 'static_configs')).toEqual([
      expect.objectContaining({ targets: ['127.0.0.1:9090'] }),
    ]);
    expect(listAt(scrape, 'relabel_configs')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ target_label: 'job', replacement: 'prometheus-server-tenancy' }),
        expect.objectContaining({ target_label: 'instance', replacement: 'prometheus-tenancy-0' }),
      ]),
    );
    expect(listAt(scrape, 'relabel_configs').at(-1)).toEqual(
      expect.objectContaining({ target_label: 'namespace', replacement: 'monitoring' }),
    );
  });
});
