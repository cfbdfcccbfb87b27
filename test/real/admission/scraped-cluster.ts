import { writeFile } from 'node:fs/promises';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import { type Manifest as KitManifest, only } from '../../lib/support/manifests.ts';
import { platformManifests } from '../../lib/support/platform.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { sendRequest } from '../harness/http-request.ts';
import { mustRequest } from '../harness/kube-request.ts';
import {
  type ClusterOptions,
  startKubeApiserver,
  type TestCluster,
} from '../harness/kubernetes.ts';
import type { NetworkNamespace } from '../harness/network-namespace.ts';
import type { OperatorPart } from '../harness/parts.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { awaitConfig, startPrometheusOperator } from '../harness/prometheus-operator.ts';
import { forPlatform } from '../harness/prometheus-resource.ts';
import { readPath } from '../harness/read-path.ts';
import { OWN, VICTIM } from './admission-case.ts';
import { PLATFORM } from './admitted-cluster.ts';

/** The Prometheus resource of the manifests. */
export const PROMETHEUS: { readonly namespace: string; readonly name: string } = {
  namespace: PLATFORM,
  name: 'tenancy',
};

/** One series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** An API server, the operator, and the Prometheus that it configures. No policy is in force. */
export interface ScrapedCluster {
  readonly cluster: TestCluster;
  readonly prometheus: RunningPrometheus;
  /** Makes a pod of a namespace that answers at a port of this machine. */
  readonly addPod: (pod: FakePod) => Promise<void>;
  /** Changes fields of the Prometheus resource. */
  readonly patchPrometheus: (fields: Manifest) => Promise<void>;
  /** Waits until the generated configuration is as awaited, and has Prometheus load it. */
  readonly reload: (isAwaited: (config: string) => boolean) => Promise<string>;
  /** Waits until an expression has an answer. */
  readonly awaitSeries: (expression: string) => Promise<readonly Series[]>;
  /** What Prometheus scrapes. */
  readonly targets: () => Promise<readonly unknown[]>;
  readonly stop: () => Promise<void>;
}

/** A pod that no kubelet runs. */
export interface FakePod {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** @defaultValue '127.0.0.1' */
  readonly address?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** @defaultValue 'Running' */
  readonly phase?: 'Running' | 'Succeeded';
}

/** What a scraped cluster is started with. */
export interface ScrapedClusterOptions {
  /** The operator, with its definitions of resources. @defaultValue 'prometheus-operator' */
  readonly operator?: OperatorPart;
  /** @defaultValue none runs */
  readonly controllerManager?: NonNullable<ClusterOptions['controllerManager']>;
  /** Makes the network that Prometheus runs in. @defaultValue that of this machine */
  readonly network?: (cluster: TestCluster) => Promise<NetworkNamespace>;
}

/** Starts all of it. */
export async function startScrapedCluster(
  options: ScrapedClusterOptions = {},
): Promise<ScrapedCluster> {
  const { operator = 'prometheus-operator', controllerManager = false } = options;
  const cluster = await startKubeApiserver({ controllerManager });
  const stops = [cluster.stop];
  const stop = async (): Promise<void> => {
    for (let last = stops.pop(); last !== undefined; last = stops.pop()) await last();
  };
  try {
    await cluster.installCrds(await operatorCrdFolder(operator));
    await cluster.createNamespace(PLATFORM);
    for (const name of [OWN, VICTIM]) {
      await cluster.createNamespace(name, { [TENANT_NAMESPACE_LABEL]: 'true' });
    }
    stops.push((await startPrometheusOperator(cluster, operator)).stop);
    const rights = /^(?:ServiceAccount|ClusterRole|ClusterRoleBinding)$/;
    const manifests = platformManifests();
    await cluster.apply(
      manifests.filter(({ kind }) => rights.test(kind)).map((manifest) => ({ ...manifest })),
    );
    const token = await cluster.requestToken(PLATFORM, 'prometheus-tenancy');
    await cluster.apply([prometheusResource(cluster, only(manifests, 'Prometheus'), token)]);
    const network = await options.network?.(cluster);
    if (network !== undefined) stops.push(network.stop);
    const prometheus = await startPrometheus({
      part: 'prometheus-kubernetes',
      ...(network !== undefined && { network }),
    });
    stops.push(prometheus.stop);
    return {
      cluster,
      prometheus,
      stop,
      addPod: (pod) => addPod(cluster, pod),
      patchPrometheus: async (spec) => {
        const path = `/apis/monitoring.coreos.com/v1/namespaces/${PLATFORM}/prometheuses/${PROMETHEUS.name}`;
        const contentType = 'application/merge-patch+json';
        const { status, body } = await cluster.request('PATCH', path, { spec }, { contentType });
        if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      },
      reload: async (isAwaited) => {
        const config = await awaitConfig(cluster, PROMETHEUS, isAwaited);
        await writeFile(prometheus.configFile, config);
        const { status, text } = await sendRequest({
          url: `${prometheus.url}/-/reload`,
          method: 'POST',
        });
        if (status !== 200) throw new Error(`reload: ${status} ${text}`);
        return config;
      },
      awaitSeries: async (expression) => {
        try {
          return await awaitAnswer(prometheus, expression);
        } catch (cause) {
          const seen = (await activeTargets(prometheus)).map((it) =>
            ['scrapeUrl', 'scrapePool', 'health', 'lastError'].map((field) => readPath(it, field)),
          );
          throw new Error(`targets: ${JSON.stringify(seen)}`, { cause });
        }
      },
      targets: () => activeTargets(prometheus),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function activeTargets({ url }: RunningPrometheus): Promise<readonly unknown[]> {
  const { text } = await sendRequest({ url: `${url}/api/v1/targets` });
  const targets = readPath(JSON.parse(text), 'data', 'activeTargets');
  return Array.isArray(targets) ? targets : [];
}

function awaitAnswer(
  prometheus: RunningPrometheus,
  expression: string,
): Promise<readonly Series[]> {
  return poll(
    async () => {
      const found = await querySeries(prometheus, expression);
      return found.length === 0 ? undefined : found;
    },
    { what: `an answer to ${expression}` },
  );
}

/** Asks Prometheus itself, whose answer no tenant ever sees. */
export async function querySeries(
  { url }: RunningPrometheus,
  expression: string,
): Promise<readonly Series[]> {
  const query = encodeURIComponent(expression);
  const { text } = await sendRequest({ url: `${url}/api/v1/query?query=${query}` });
  const result = readPath(JSON.parse(text), 'data', 'result');
  return Array.isArray(result) ? result : [];
}

/**
 * The resource as it is shipped, told where the API server of this test is. The rights are those that are
 * shipped.
 *
 * It also takes ScrapeConfigs, which the construct refuses to: what they would do is part of the test.
 */
function prometheusResource(cluster: TestCluster, shipped: KitManifest, token: string): Manifest {
  const resource = forPlatform(shipped);
  return {
    ...resource,
    spec: {
      ...(resource.spec as object),
      scrapeConfigSelector: {},
      scrapeConfigNamespaceSelector: {},
      apiserverConfig: {
        host: cluster.url,
        bearerToken: token,
        tlsConfig: { caFile: cluster.caFile },
      },
    },
  };
}

async function addPod(
  cluster: TestCluster,
  { namespace, name, port, address = '127.0.0.1', annotations = {}, phase = 'Running' }: FakePod,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const pod = {
    metadata: { name, namespace, labels: { app: name }, annotations },
    spec: {
      containers: [{ name: 'c', image: 'none', ports: [{ name: 'http', containerPort: port }] }],
    },
  };
  await mustRequest(cluster.request, 'POST', path, pod);
  const status = { phase, podIP: address, podIPs: [{ ip: address }] };
  const answer = await cluster.request(
    'PATCH',
    `${path}/${name}/status`,
    { status },
    { contentType: 'application/merge-patch+json' },
  );
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}
