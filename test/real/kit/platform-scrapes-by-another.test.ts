import { writeFile } from 'node:fs/promises';
import { App } from 'cdk8s';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PlatformChart, type PlatformChartProps } from '../../../charts/platform-chart.ts';
import { WatchingPrometheus } from '../../../lib/index.ts';
import {
  at,
  type Json,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
  textAt,
  textsAt,
} from '../../lib/support/manifests.ts';
import { ruleExpressions } from '../../lib/support/expressions.ts';
import { querySeries } from '../admission/scraped-cluster.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { sendRequest } from '../harness/http-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import {
  awaitConfig,
  generatedConfig,
  startPrometheusOperator,
} from '../harness/prometheus-operator.ts';
import { forPlatform } from '../harness/prometheus-resource.ts';
import { describeReal } from '../harness/skip.ts';
import {
  type AnsweringPods,
  startAnsweringPods,
  withAnsweringPods,
} from './support/answering-pods.ts';
import { addOtherPrometheus, OTHER_PROMETHEUS, RELEASE } from './support/other-prometheus.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus-kubernetes',
] as const;

const PLATFORM = 'monitoring';
const OPERATORS = 'operators';
const TENANCY = { namespace: PLATFORM, name: 'tenancy' };

// Every label that a target could have, as something that is scraped may expose it.
const PROBE = 'probe{namespace="team-a",pod="p",job="j",service="s",endpoint="e",instance="i"} 1\n';

function synth(props: Partial<PlatformChartProps> = {}): readonly Manifest[] {
  const chart = new PlatformChart(new App(), 'platform', {
    namespace: PLATFORM,
    cluster: 'main',
    runtime: PLACEHOLDER,
    operator: { namespace: OPERATORS },
    ...props,
  });
  return manifestsOf(chart);
}

const OWN = synth();
const WATCHED = synth({
  watchedBy: WatchingPrometheus.other({
    namespace: OTHER_PROMETHEUS.namespace,
    podLabels: { 'app.kubernetes.io/name': 'prometheus' },
    labels: RELEASE,
  }),
});

const OPERATOR_POD: Manifest = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'prometheus-operator',
    namespace: OPERATORS,
    labels: { 'app.kubernetes.io/name': 'prometheus-operator' },
  },
  spec: {
    containers: [{ name: 'c', image: 'none', ports: [{ name: 'http', containerPort: 8_080 }] }],
  },
};

const isMonitor = ({ kind }: Manifest): boolean => /^(?:Service|Pod)Monitor$/.test(kind);

const JOBS = WATCHED.filter(isMonitor).map(({ metadata }) => metadata.name);

// How the operator names what it makes of monitors, and of scrape configurations of pods.
const OTHERS = /^(?:service|pod)Monitor\//;
const OWNS = new RegExp(`^scrapeConfig/${PLATFORM}/(?:${JOBS.join('|')})$`);

type Labels = Readonly<Record<string, string>>;

await describeReal('the platform, scraped by another Prometheus', PARTS, () => {
  const stack = new AsyncDisposableStack();
  let cluster: TestCluster;
  let prometheus: RunningPrometheus;
  let pods: AnsweringPods;
  /** What that one made of the platform, for comparison. */
  let targets: readonly Labels[];

  beforeAll(async () => {
    cluster = await startKubeApiserver({ controllerManager: true });
    stack.defer(cluster.stop);
    await cluster.installCrds(await operatorCrdFolder());
    for (const name of [PLATFORM, OPERATORS]) await cluster.createNamespace(name);
    const operator = await startPrometheusOperator(cluster);
    stack.defer(operator.stop);
    await addOtherPrometheus(cluster);
    const { stderr } = await cluster.apply([
      ...WATCHED.map((it) => ({ ...forPlatform(it) })),
      { ...OPERATOR_POD },
    ]);
    expect(stderr).toBe('');
    pods = stack.use(
      await startAnsweringPods({
        cluster,
        namespaces: [PLATFORM, OPERATORS],
        count: 12,
        portNames: ['http', 'operations', 'reloader-web'],
        exposition: PROBE,
      }),
    );
    prometheus = await startPrometheus({ part: 'prometheus-kubernetes' });
    stack.defer(prometheus.stop);
  }, 300_000);

  afterAll(() => stack.disposeAsync());

  const load = async (config: string): Promise<void> => {
    await writeFile(prometheus.configFile, withAnsweringPods(config));
    const { status, text } = await sendRequest({
      url: `${prometheus.url}/-/reload`,
      method: 'POST',
    });
    expect([status, text]).toEqual([200, '']);
  };

  const labelsOf = async (query: string): Promise<readonly Labels[]> =>
    (await querySeries(prometheus, query)).map(({ metric }) => metric);

  const allTargets = async (
    state: 'activeTargets' | 'droppedTargets',
  ): Promise<readonly Json[]> => {
    const { text } = await sendRequest({ url: `${prometheus.url}/api/v1/targets` });
    return listAt(JSON.parse(text), 'data', state);
  };

  /** Waits until so many targets of the platform, and no more, answer, and gives their labels. */
  const answering = async (count: number, pools: RegExp): Promise<readonly Labels[]> => {
    let seen: readonly Json[] = [];
    const answers = async (): Promise<readonly Labels[] | undefined> => {
      seen = (await allTargets('activeTargets')).filter((it) =>
        pools.test(textAt(it, 'scrapePool')),
      );
      const isUp = seen.every((it) => at(it, 'health') === 'up');
      return isUp && seen.length === count
        ? sorted(seen.map((it) => textsAt(it, 'labels')))
        : undefined;
    };
    try {
      return await poll(answers, { what: `${count} targets of ${String(pools)}` });
    } catch (cause) {
      const told = seen.map((it) =>
        ['scrapePool', 'scrapeUrl', 'health', 'lastError'].map((field) => at(it, field)),
      );
      throw new Error(`${told.length} targets: ${JSON.stringify(told)}`, { cause });
    }
  };

  const sorted = (series: readonly Labels[]): readonly Labels[] =>
    series.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

  const missing = (): Promise<readonly Labels[]> => {
    const rule = only(WATCHED, 'PrometheusRule', 'tenancy-platform');
    const alert = ruleExpressions(rule).find(({ place }) => place === 'TenancyComponentMissing');
    if (alert === undefined) throw new Error('there is no such alert');
    return labelsOf(alert.expr);
  };

  it('has each metrics port of each pod as an active target, and nothing else', async () => {
    await load(
      await awaitConfig(cluster, OTHER_PROMETHEUS, (it) =>
        JOBS.every((job) => it.includes(`/${PLATFORM}/${job}/`)),
      ),
    );
    targets = await answering(pods.ports.length, /./);
    expect(pods.ports.length).toBe(14);
    expect(new Set(targets.map(({ job }) => job))).toEqual(new Set(JOBS));
    const pools = (await allTargets('activeTargets')).map((it) => textAt(it, 'scrapePool'));
    const kinds = WATCHED.filter(isMonitor).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(pools.map((it) => it.split('/').toSpliced(1, 1).slice(0, 2).join('/')))).toEqual(
      new Set(kinds.map((it) => it.replace(/^./, (letter) => letter.toLowerCase()))),
    );
  });

  it('gives them the job, and the namespace of the platform', async () => {
    for (const target of targets) {
      expect(Object.keys(target).toSorted()).toEqual([
        'container',
        'instance',
        'job',
        'namespace',
        'pod',
      ]);
      expect(target['namespace']).toBe(PLATFORM);
    }
    expect(await labelsOf('probe{job="tenant-query-frontend"}')).toContainEqual(
      expect.objectContaining({
        namespace: PLATFORM,
        exported_namespace: 'team-a',
        exported_job: 'j',
        service: 's',
        endpoint: 'e',
      }),
    );
  });

  it('holds what the alerts look for: nothing is missing', async () => {
    expect(await missing()).toEqual([]);
    const read = async ({ name, namespace }: typeof OTHER_PROMETHEUS): Promise<string> => {
      const path = `/api/v1/namespaces/${namespace}/configmaps/prometheus-${name}-rulefiles-0`;
      return JSON.stringify(at((await cluster.request('GET', path)).body, 'data') ?? {});
    };
    const [away, own] = await poll(
      async () => {
        const files = [await read(OTHER_PROMETHEUS), await read(TENANCY)];
        return files.every((it) => it.includes('TenancyComponentMissing')) ? files : undefined;
      },
      { what: 'the rules of both' },
    );
    expect(away).toContain('ThanosCompactorHalted');
    expect(away).not.toContain('TenantPrometheusWalCorrupted');
    expect(own).toContain('TenantPrometheusWalCorrupted');
    expect(own).not.toContain('ThanosCompactorHalted');
  });

  it('makes one target of a pod behind two Services', async () => {
    const service = only(WATCHED, 'Service', 'tenant-query-frontend');
    const alias = { ...service, metadata: { ...service.metadata, name: 'alias' } };
    await cluster.apply([{ ...alias }]);
    // Its other ports are dropped, which shows that it was seen.
    await poll(
      async () => {
        const services = (await allTargets('droppedTargets')).map((it) =>
          at(it, 'discoveredLabels', '__meta_kubernetes_service_name'),
        );
        return services.includes('alias') ? true : undefined;
      },
      { what: 'the alias' },
    );
    expect(await answering(targets.length, OTHERS)).toEqual(targets);
    await cluster.deleteObject('service', 'alias', PLATFORM);
  });

  it('notices a monitor with a port that pods do not have', async () => {
    const monitor = only(WATCHED, 'ServiceMonitor', 'thanos-querier');
    const endpoints = listAt(monitor.spec, 'endpoints').map((it) => ({
      ...textsAt(it),
      targetPort: 'metricz',
    }));
    const planted = { ...monitor, spec: { ...textsAt(monitor, 'spec'), endpoints } };
    await cluster.apply([planted]);
    await load(await awaitConfig(cluster, OTHER_PROMETHEUS, (it) => it.includes('metricz')));
    const left = await answering(targets.length - 2, OTHERS);
    expect(left).toEqual(targets.filter(({ job }) => job !== 'thanos-querier'));
    const found = await poll(
      async () => {
        const series = await missing();
        return series.length > 0 ? series : undefined;
      },
      { what: 'the alert' },
    );
    expect(found).toEqual([{ job: 'thanos-querier' }]);
    await cluster.apply([{ ...monitor }]);
  });

  it('is labelled as by ScrapeConfigs and the Prometheus of the kit', async () => {
    const token = await cluster.requestToken(PLATFORM, 'prometheus-tenancy');
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'prometheus-token', namespace: PLATFORM },
      stringData: { token },
    };
    const scrapes = OWN.filter(({ kind }) => kind === 'ScrapeConfig');
    await cluster.apply([secret, ...scrapes.map((it) => reachable(it, cluster))]);
    const isThere = (config: string): boolean =>
      JOBS.every((job) => config.includes(`scrapeConfig/${PLATFORM}/${job}\n`));
    await awaitConfig(cluster, TENANCY, isThere);
    await load(await generatedConfig(cluster, TENANCY.namespace, TENANCY.name));
    expect(await answering(targets.length, OWNS)).toEqual(targets);
    const probe = 'probe{job="tenant-query-frontend"}';
    const since = Date.now() / 1_000;
    const labels = await poll(
      async () => {
        // What the other one scraped before carries the same labels, and is not meant.
        const found = await labelsOf(`${probe} and timestamp(${probe}) > ${since}`);
        return found.length > 0 ? found : undefined;
      },
      { what: 'a sample by the Prometheus of the kit' },
    );
    expect(labels).toContainEqual(
      expect.objectContaining({ exported_namespace: 'team-a', service: 's', endpoint: 'e' }),
    );
  });
});

/** Takes the place of what a pod knows by itself: where the API server is, and its namespace. */
function reachable(scrape: Manifest, { url }: TestCluster): Record<string, unknown> {
  const [discovery] = listAt(scrape.spec, 'kubernetesSDConfigs');
  if (discovery === undefined) return { ...scrape };
  const isOwn = at(discovery, 'namespaces', 'ownNamespace') === true;
  return {
    ...scrape,
    spec: {
      ...textsAt(scrape, 'spec'),
      scrapeInterval: '500ms',
      scrapeTimeout: '500ms',
      kubernetesSDConfigs: [
        {
          ...textsAt(discovery),
          ...(isOwn && { namespaces: { names: [PLATFORM] } }),
          apiServer: url,
          authorization: { credentials: { name: 'prometheus-token', key: 'token' } },
          tlsConfig: { insecureSkipVerify: true },
        },
      ],
    },
  };
}
