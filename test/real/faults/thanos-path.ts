import { freePort } from '../harness/places.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { type RunningThanos, startThanosQuerier, startThanosSidecar } from '../harness/thanos.ts';
import { seriesOf } from '../query-frontend/support/tenant-series.ts';

/** A Prometheus with the series of two tenants and its sidecar; parts of it can be stopped. */
export interface ThanosStore {
  /** The sidecar that was started first. */
  readonly sidecar: RunningThanos;
  readonly stopSidecar: () => Promise<void>;
  /** Starts another sidecar, at the address that queriers know. */
  readonly restartSidecar: () => Promise<void>;
  readonly stopPrometheus: () => Promise<void>;
  /** Starts another Prometheus with the same series, at the address that the sidecar knows. */
  readonly restartPrometheus: () => Promise<void>;
}

/**
 * Starts a store.
 *
 * @param started - What stops all of it.
 */
export async function startThanosStore(started: AsyncDisposableStack): Promise<ThanosStore> {
  const address = `127.0.0.1:${await freePort()}`;
  const start = (): Promise<RunningPrometheus> =>
    startPrometheus({
      config: '{"global": {"external_labels": {"cluster": "main", "prometheus_replica": "a"}}}',
      openMetrics: seriesOf('team-a', 'team-b'),
      // It listens at both addresses: the one it is given here, and one that stays when it goes.
      flags: [`--web.listen-address=${address}`],
    });
  let prometheus = await start();
  started.defer(() => prometheus.stop());
  const startSidecar = (flags: readonly string[] = []): Promise<RunningThanos> =>
    startThanosSidecar({ ...prometheus, url: `http://${address}` }, flags);
  let sidecar = await startSidecar();
  started.defer(() => sidecar.stop());
  return {
    sidecar,
    stopSidecar: () => sidecar.stop(),
    restartSidecar: async () => {
      sidecar = await startSidecar([`--grpc-address=${sidecar.grpcAddress}`]);
    },
    stopPrometheus: () => prometheus.stop(),
    restartPrometheus: async () => {
      prometheus = await start();
    },
  };
}

/** Starts a querier over a store, without the label of replicas. */
export async function startQuerierOver(
  { sidecar }: ThanosStore,
  started: AsyncDisposableStack,
  flags: readonly string[] = [],
): Promise<RunningThanos> {
  const querier = await startThanosQuerier(
    [sidecar.grpcAddress],
    ['--query.replica-label=prometheus_replica', ...flags],
  );
  started.defer(querier.stop);
  return querier;
}
