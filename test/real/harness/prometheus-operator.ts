import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { partBinary } from './build-part.ts';
import { answersOk } from './http-request.ts';
import { mustRequest } from './kube-request.ts';
import type { TestCluster } from './kubernetes.ts';
import type { OperatorPart } from './parts.ts';
import { freePort, tempFolder } from './places.ts';
import { poll } from './poll.ts';
import { startServer } from './processes.ts';
import { readString } from './read-path.ts';

/** A Prometheus operator that acts on a cluster. */
export interface RunningOperator {
  /** Where it answers metrics, without a slash at the end. */
  readonly url: string;
  readonly logFile: string;
  /** Stops it. What it wrote stays. */
  readonly stop: () => Promise<void>;
}

/** Starts the operator. The cluster must serve its custom resources. */
export async function startPrometheusOperator(
  cluster: TestCluster,
  part: OperatorPart = 'prometheus-operator',
): Promise<RunningOperator> {
  const program = await partBinary(part);
  const folder = await tempFolder('prometheus-operator');
  const port = await freePort();
  const logFile = join(folder.path, 'prometheus-operator.log');
  try {
    const server = await startServer({
      program,
      args: ['--kubelet-endpoints=false', `--web.listen-address=127.0.0.1:${port}`],
      folder: folder.path,
      logFile,
      env: { KUBECONFIG: cluster.kubeconfigFile },
      isReady: () => answersOk(`http://127.0.0.1:${port}/healthz`),
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await folder.remove();
    };
    return { url: `http://127.0.0.1:${port}`, logFile, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/**
 * Reads the configuration that the operator generated for a Prometheus resource, as its reloader would
 * hand it to Prometheus.
 *
 * @throws {Error} If there is none yet.
 */
export async function generatedConfig(
  cluster: TestCluster,
  namespace: string,
  name: string,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/secrets/prometheus-${name}`;
  const secret = await mustRequest(cluster.request, 'GET', path);
  const packed = Buffer.from(readString(secret, 'data', 'prometheus.yaml.gz'), 'base64');
  return gunzipSync(packed)
    .toString('utf8')
    .replaceAll('$(POD_NAME)', `prometheus-${name}-0`)
    .replaceAll('$(SHARD)', '0');
}

/** Waits until that configuration is as awaited, and gives it. */
export async function awaitConfig(
  cluster: TestCluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  isAwaited: (config: string) => boolean,
): Promise<string> {
  return poll(
    async () => {
      const config = await generatedConfig(cluster, namespace, name);
      return isAwaited(config) ? config : undefined;
    },
    { what: `the configuration of Prometheus ${namespace}/${name}` },
  );
}
