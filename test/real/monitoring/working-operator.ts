import { operatorCrdFolder } from '../harness/build-part.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { startPrometheusOperator } from '../harness/prometheus-operator.ts';
import { sendRequest } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';

/** An operator with a cluster of its own, in which there is a Prometheus and a monitor that is invalid. */
export interface WorkingOperator extends AsyncDisposable {
  /** Where it answers metrics, without a slash at the end. */
  readonly url: string;
  /** A sample that it exposes, or `undefined`. */
  readonly read: (series: string) => Promise<number | undefined>;
  /** Makes its Prometheus one that it cannot bring about. */
  readonly breakPrometheus: () => Promise<void>;
  /** Takes its API server away. */
  readonly stopApiserver: () => Promise<void>;
}

const NAMESPACE = 'monitoring';

function prometheus(spec: object): Manifest {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'p', namespace: NAMESPACE },
    spec: { serviceMonitorSelector: {}, ...spec },
  };
}

// It names a Secret that is not there.
const INVALID: Manifest = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name: 'invalid', namespace: NAMESPACE },
  spec: {
    selector: {},
    endpoints: [{ port: 'http', authorization: { credentials: { name: 'none', key: 'none' } } }],
  },
};

/** Starts it, and waits until it has looked at both. */
export async function startWorkingOperator(): Promise<WorkingOperator> {
  const stack = new AsyncDisposableStack();
  try {
    const cluster: TestCluster = await startKubeApiserver();
    stack.defer(cluster.stop);
    await cluster.installCrds(await operatorCrdFolder());
    await cluster.createNamespace(NAMESPACE);
    const operator = await startPrometheusOperator(cluster);
    stack.defer(operator.stop);
    await cluster.apply([prometheus({}), INVALID]);
    const read = async (series: string): Promise<number | undefined> => {
      const { text } = await sendRequest({ url: `${operator.url}/metrics` });
      const line = text.split('\n').find((it) => it.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length));
    };
    await poll(
      async () =>
        (await read(
          'prometheus_operator_managed_resources{controller="prometheus",resource="ServiceMonitor",state="rejected"}',
        )) === 1
          ? true
          : undefined,
      { what: 'the operator to reject the monitor' },
    );
    const disposal = stack.move();
    return {
      url: operator.url,
      read,
      breakPrometheus: async () => {
        await cluster.apply([
          prometheus({ additionalScrapeConfigs: { name: 'none', key: 'none' } }),
        ]);
      },
      stopApiserver: cluster.stopApiserver,
      [Symbol.asyncDispose]: () => disposal.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
