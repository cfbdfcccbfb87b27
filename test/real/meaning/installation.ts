import { startPrometheus } from '../harness/prometheus.ts';
import type { Answerer, Comparison } from './comparison.ts';
import { writeRemotely } from './remote-series.ts';
import { startScopingFrontend } from './scoping-frontend.ts';
import { seriesOf } from './series.ts';
import { OTHER, type Owner, OWN, OWNERS } from './tenants.ts';

/** Everything that runs. */
export interface Installation {
  readonly one: Comparison;
  readonly two: Comparison;
  readonly stop: () => Promise<void>;
}

/** Starts three Prometheus servers over one set of series, and the query frontend over the first. */
export async function startInstallation(): Promise<Installation> {
  await using starting = new AsyncDisposableStack();
  const serve = async (owners: readonly Owner[]): Promise<Answerer> => {
    const { openMetrics, remoteSeries } = seriesOf(owners);
    const flags = ['--web.enable-remote-write-receiver'];
    const prometheus = await startPrometheus({ openMetrics, flags });
    starting.defer(prometheus.stop);
    await writeRemotely(prometheus.url, remoteSeries);
    return { url: prometheus.url, headers: {} };
  };
  const shared = await serve(OWNERS);
  const aloneOne = await serve([OWN]);
  const aloneTwo = await serve([OWN, OTHER]);
  const frontend = await startScopingFrontend(shared.url);
  starting.defer(frontend.stop);
  const started = starting.move();
  return {
    one: { scoped: frontend.answererOf([OWN]), alone: aloneOne, shared },
    two: { scoped: frontend.answererOf([OWN, OTHER]), alone: aloneTwo, shared },
    stop: () => started.disposeAsync(),
  };
}
