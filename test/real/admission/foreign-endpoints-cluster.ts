import type { Manifest } from '../harness/cluster-objects.ts';
import { mustRequest, type KubeRequestOptions } from '../harness/kube-request.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { startNetworkNamespace } from '../harness/network-namespace.ts';
import { freePort } from '../harness/places.ts';
import { readPath } from '../harness/read-path.ts';
import { startFrontend } from '../query-frontend/support/frontend.ts';
import { get, withToken } from '../query-frontend/support/question.ts';
import { OWN, serviceMonitor, VICTIM } from './admission-case.ts';
import { collectionOf, PLATFORM } from './admitted-cluster.ts';
import { expose, exposingServers } from './exposing-servers.ts';
import { type ScrapedCluster, startScrapedCluster } from './scraped-cluster.ts';

/** What the tests of foreign addresses need to run. */
export const FOREIGN_ENDPOINT_PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus-kubernetes',
  'network-namespace',
] as const;

/** The port of the pods of both tenants. */
export const METRICS_PORT = 9100;

/** A tenant with one app: a pod, a Service in front of it, and a monitor of that. */
export interface TenantApp {
  readonly namespace: string;
  /** The name of all three. */
  readonly name: string;
  /** The address of the pod, in a network that is for examples alone. */
  readonly address: string;
  /** What the pod exposes. */
  readonly metrics: string;
}

/** The app of the tenant that reads what is not its own. */
export const ATTACKER_APP: TenantApp = {
  namespace: OWN,
  name: 'attacker',
  address: '192.0.2.10',
  metrics: 'mine 1\n',
};

/** The app that is read. */
export const VICTIM_APP: TenantApp = {
  namespace: VICTIM,
  name: 'victim',
  address: '192.0.2.20',
  metrics: 'secret_total 42\n',
};

const READER = 'developer';
const FRONTEND = 'query-frontend';

/**
 * Two tenants whose pods have addresses that are none of the loopback, with the controllers that write
 * EndpointSlices, and a Prometheus and a query frontend that know them.
 */
export interface ForeignEndpointsCluster {
  readonly scraped: ScrapedCluster;
  /** Says that a request is the attacker's. */
  readonly asAttacker: KubeRequestOptions;
  /** What the attacker sees of a metric through the query frontend. */
  readonly readAsAttacker: (metric: string) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Starts all of it. No policy is in force. */
export async function startForeignEndpointsCluster(): Promise<ForeignEndpointsCluster> {
  const servers = exposingServers();
  const stops = [async () => servers.stop()];
  const stop = async (): Promise<void> => {
    for (let last = stops.pop(); last !== undefined; last = stops.pop()) await last();
  };
  try {
    const exits = await Promise.all(
      [ATTACKER_APP, VICTIM_APP].map(async ({ address, metrics }) => {
        const to = await freePort();
        await servers.listen(to, (_request, response) => expose(response, metrics));
        return { address, port: METRICS_PORT, to };
      }),
    );
    const scraped = await startScrapedCluster({
      controllerManager: 'accounts',
      network: ({ url }) => {
        const port = Number(new URL(url).port);
        return startNetworkNamespace([...exits, { address: '127.0.0.1', port, to: port }]);
      },
    });
    stops.push(scraped.stop);
    const { cluster, prometheus } = scraped;
    const token = await attackerToken(cluster);
    await cluster.createServiceAccount(PLATFORM, FRONTEND);
    const account = { kind: 'ServiceAccount', namespace: PLATFORM, name: FRONTEND } as const;
    await cluster.bindClusterRole('system:auth-delegator', account);
    const frontend = await startFrontend({ cluster, upstreamUrl: prometheus.url });
    stops.push(frontend.stop);
    for (const app of [ATTACKER_APP, VICTIM_APP]) await install(scraped, app);
    return {
      scraped,
      asAttacker: { token },
      readAsAttacker: async (metric) => {
        const question = get(`/namespaces/${OWN}/api/v1/query`, { query: metric });
        const { text } = await frontend.ask(withToken(question, token));
        return readPath(JSON.parse(text), 'data', 'result');
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A Service that the monitor of an app takes. */
export function serviceOf(
  { namespace, name: app }: TenantApp,
  name: string,
  spec: Manifest,
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { app } },
    spec: { ports: [{ name: 'http', port: METRICS_PORT }], ...spec },
  };
}

/** How a Service selects the pod of an app, which no kubelet calls ready. */
export function selecting({ name }: TenantApp): Manifest {
  return { selector: { app: name }, publishNotReadyAddresses: true };
}

/**
 * The attacker may write what the default role `edit` let tenants write up to Kubernetes 1.21, and lets
 * them in clusters of that time, and may read its own metrics.
 */
async function attackerToken(cluster: TestCluster): Promise<string> {
  const verbs = ['*'];
  await cluster.createServiceAccount(OWN, READER);
  await cluster.createRole(OWN, READER, [
    { apiGroups: [''], resources: ['services', 'endpoints'], verbs },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
    { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
  ]);
  await cluster.bindRole({
    namespace: OWN,
    role: { kind: 'Role', name: READER },
    subject: { kind: 'ServiceAccount', namespace: OWN, name: READER },
  });
  return cluster.requestToken(OWN, READER);
}

async function install(scraped: ScrapedCluster, app: TenantApp): Promise<void> {
  const { address, name, namespace } = app;
  await scraped.addPod({ namespace, name, port: METRICS_PORT, address });
  const endpoint = { port: 'http', interval: '200ms', followRedirects: false };
  const selector = { matchLabels: { app: name } };
  const monitor = serviceMonitor({}, { selector, endpoints: [endpoint] });
  for (const object of [
    serviceOf(app, name, selecting(app)),
    { ...monitor, metadata: { name, namespace } },
  ]) {
    await mustRequest(scraped.cluster.request, 'POST', collectionOf(object), object);
  }
}
