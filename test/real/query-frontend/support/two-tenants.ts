import { installFrontend, installTenant } from '../../access/running-frontend.ts';
import {
  type ClusterOptions,
  startKubeApiserver,
  type TestCluster,
} from '../../harness/kubernetes.ts';
import type { PartName } from '../../harness/parts.ts';
import { type RunningPrometheus, startPrometheus } from '../../harness/prometheus.ts';
import { type FrontendOptions, startFrontend } from './frontend.ts';
import type { RunningFrontend } from './frontend-process.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';
import { seriesOf, type TenantName } from './tenant-series.ts';

/** The parts that {@link startTwoTenants} needs. */
export const TWO_TENANTS_PARTS: readonly PartName[] = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'prometheus',
  'promtool',
];

/** Two tenants in one Prometheus, and the cluster that knows who may read what. */
export interface TwoTenants {
  readonly cluster: TestCluster;
  /** Holds the series of both tenants. */
  readonly prometheus: RunningPrometheus;
  /** Stands between the frontends and Prometheus. */
  readonly proxy: RecordingProxy;
  /** Asks for a token of the one ServiceAccount that a tenant has. */
  readonly tokenOf: (tenant: TenantName) => Promise<string>;
  /** Starts a frontend before the proxy. It is stopped with everything else. */
  readonly startFrontend: (
    access?: FrontendOptions['access'],
    tls?: FrontendOptions['tls'],
  ) => Promise<RunningFrontend>;
  readonly stop: () => Promise<void>;
}

/** Starts everything that a query frontend stands between. */
export async function startTwoTenants(options: ClusterOptions = {}): Promise<TwoTenants> {
  await using starting = new AsyncDisposableStack();
  const prometheus = await startPrometheus({ openMetrics: seriesOf('team-a', 'team-b') });
  starting.defer(prometheus.stop);
  const proxy = await startRecordingProxy(prometheus.url);
  starting.defer(proxy.stop);
  const cluster = await startKubeApiserver(options);
  starting.defer(cluster.stop);
  await installFrontend(cluster);
  await installTenant(cluster, 'team-a');
  await installTenant(cluster, 'team-b');
  const started = starting.move();
  return {
    cluster,
    prometheus,
    proxy,
    tokenOf: (tenant) => cluster.requestToken(tenant, 'grafana'),
    startFrontend: async (access, tls) => {
      const frontend = await startFrontend({
        cluster,
        upstreamUrl: proxy.url,
        ...(access !== undefined && { access }),
        ...(tls !== undefined && { tls }),
      });
      started.defer(frontend.stop);
      return frontend;
    },
    stop: () => started.disposeAsync(),
  };
}
