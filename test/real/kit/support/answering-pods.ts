import { createServer, type Server } from 'node:http';
import { parse } from 'yaml';
import { mustRequest } from '../../harness/kube-request.ts';
import type { TestCluster } from '../../harness/kubernetes.ts';
import { poll } from '../../harness/poll.ts';
import { at, listAt, textAt, textsAt } from '../../../lib/support/manifests.ts';

/** Pods of a cluster that nobody runs, and which answer all the same. */
export interface AnsweringPods extends AsyncDisposable {
  /** `pod: port` of each port that answers metrics. */
  readonly ports: readonly string[];
}

/** What to have answered. */
export interface AnsweringPodsOptions {
  readonly cluster: TestCluster;
  readonly namespaces: readonly string[];
  /** How many pods there will be, once their controllers have made them. */
  readonly count: number;
  /** Names of the container ports that answer. */
  readonly portNames: readonly string[];
  /** What they answer. */
  readonly exposition: string;
}

const NODE = 'answering';

// The API server takes no address of the loopback for an endpoint, so these stand in for them.
const CLAIMED = '10.77.0';
const ANSWERING = '127.77.0';

/** The configuration of a Prometheus, told where such pods answer. */
export function withAnsweringPods(config: string): string {
  const relabeling = {
    source_labels: ['__address__'],
    regex: `${CLAIMED.replaceAll('.', '\\.')}\\.(.+)`,
    target_label: '__address__',
    replacement: `${ANSWERING}.$1`,
  };
  const parsed = parse(config) as Record<string, unknown>;
  const scrapes = listAt(parsed, 'scrape_configs').map((it) => ({
    ...textsAt(it),
    relabel_configs: [...listAt(it, 'relabel_configs'), relabeling],
  }));
  return JSON.stringify({ ...parsed, scrape_configs: scrapes });
}

/**
 * Waits until the controllers have made the pods, gives each an address of the loopback, and answers at the
 * ports of those names. Other ports stay closed.
 *
 * They are put on a node, since the addresses of others stand in no EndpointSlice. It never reports, so
 * after some minutes the controllers take them away.
 */
export async function startAnsweringPods(options: AnsweringPodsOptions): Promise<AnsweringPods> {
  const stack = new AsyncDisposableStack();
  try {
    const ports: string[] = [];
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } };
    await mustRequest(options.cluster.request, 'POST', '/api/v1/nodes', node);
    for (const [index, found] of (await listPods(options)).entries()) {
      const name = textAt(found, 'metadata', 'name');
      const address = `${ANSWERING}.${index + 1}`;
      for (const port of listAt(found, 'spec', 'containers').flatMap((it) => listAt(it, 'ports'))) {
        const portName = textAt(port, 'name');
        if (!options.portNames.includes(portName)) continue;
        const server = await listen(address, Number(at(port, 'containerPort')), options.exposition);
        stack.defer(() => {
          server.closeAllConnections();
          server.close();
        });
        ports.push(`${name}: ${portName}`);
      }
      await run(
        options.cluster,
        textAt(found, 'metadata', 'namespace'),
        name,
        `${CLAIMED}.${index + 1}`,
      );
    }
    const disposal = stack.move();
    return { ports, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function listPods({ cluster, count, namespaces }: AnsweringPodsOptions): Promise<unknown[]> {
  return poll(
    async () => {
      const found: unknown[] = [];
      for (const namespace of namespaces) {
        const { body } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/pods`);
        found.push(...listAt(body, 'items'));
      }
      return found.length === count ? found : undefined;
    },
    { what: `${count} pods` },
  );
}

async function listen(address: string, port: number, exposition: string): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(exposition);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return server;
}

async function run(
  { request }: TestCluster,
  namespace: string,
  name: string,
  address: string,
): Promise<void> {
  const status = {
    phase: 'Running',
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
  await mustRequest(request, 'POST', `${path}/binding`, { metadata: { name }, target });
  const contentType = 'application/merge-patch+json';
  const answer = await request('PATCH', `${path}/status`, { status }, { contentType });
  if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
}
