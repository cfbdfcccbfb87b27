import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sendRequest } from '../harness/http-request.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { startThanos, startThanosQuerier, startThanosSidecar } from '../harness/thanos.ts';
import { CLASSIC } from './eras.ts';
import { writeRemotely } from './remote-series.ts';
import { seriesOf } from './series.ts';
import type { Owner } from './tenants.ts';

/** The external labels of every stack, as the operator gives them to the first replica. */
const EXTERNAL_LABELS = {
  cluster: 'main',
  prometheus: 'monitoring/tenancy',
  prometheus_replica: 'prometheus-tenancy-0',
};
const REPLICA_LABELS = ['prometheus', 'prometheus_replica'];

/** From when on the sidecar answers; what is older comes out of the object store alone. */
export const SIDECAR_FROM: number = (CLASSIC.start + CLASSIC.end) / 2;

/** A querier over the series of some owners. */
export interface ThanosStack {
  readonly url: string;
  /** The Store API addresses behind it. */
  readonly stores: { readonly sidecar: string; readonly storeGateway: string };
}

/**
 * Starts Prometheus with the series of some owners, a sidecar that uploads its blocks into a folder, a
 * store gateway over that folder, and a querier over both. The second half of the classic series is
 * answered by both stores, the first half by the store gateway, and what was written remotely, which
 * is in no block yet, by the sidecar.
 *
 * @param started - What stops all of it.
 */
export async function startThanosStack(
  owners: readonly Owner[],
  started: AsyncDisposableStack,
): Promise<ThanosStack> {
  const folder = await tempFolder('thanos-stack');
  started.defer(folder.remove);
  const bucket = join(folder.path, 'bucket');
  await mkdir(bucket);
  const objstoreFile = join(folder.path, 'objstore.json');
  await writeFile(
    objstoreFile,
    JSON.stringify({ type: 'FILESYSTEM', config: { directory: bucket } }),
  );

  const { openMetrics, remoteSeries } = seriesOf(owners);
  const prometheus = await startPrometheus({
    config: JSON.stringify({ global: { external_labels: EXTERNAL_LABELS } }),
    openMetrics,
    flags: [
      '--web.enable-remote-write-receiver',
      // What the operator makes of `disableCompaction`.
      '--storage.tsdb.min-block-duration=2h',
      '--storage.tsdb.max-block-duration=2h',
    ],
  });
  started.defer(prometheus.stop);
  await writeRemotely(prometheus.url, remoteSeries);

  const sidecar = await startThanosSidecar(prometheus, [
    `--objstore.config-file=${objstoreFile}`,
    `--min-time=${new Date(SIDECAR_FROM * 1_000).toISOString()}`,
  ]);
  started.defer(sidecar.stop);
  await poll(async () => ((await countBlocks(bucket)) === BLOCKS ? true : undefined), {
    what: 'the sidecar to upload every block',
    withinMs: 120_000,
  });
  const storeGateway = await startThanos('store', [
    `--objstore.config-file=${objstoreFile}`,
    `--data-dir=${join(folder.path, 'store')}`,
  ]);
  started.defer(storeGateway.stop);
  const stores = { sidecar: sidecar.grpcAddress, storeGateway: storeGateway.grpcAddress };
  const querier = await startThanosQuerier(Object.values(stores), [
    ...REPLICA_LABELS.map((label) => `--query.replica-label=${label}`),
    // An answer without one of the stores would be another one, not a deviation.
    '--no-query.partial-response',
  ]);
  started.defer(querier.stop);
  return { url: querier.httpUrl, stores };
}

/** Counts the series that one store of a stack has at a moment. */
export async function countSeries(
  { url }: ThanosStack,
  store: string,
  { query, time }: { readonly query: string; readonly time: number },
): Promise<number> {
  const form = new URLSearchParams({ query, time: String(time) });
  form.append('storeMatch[]', `{__address__="${store}"}`);
  const { text } = await sendRequest({ url: `${url}/api/v1/query?${form.toString()}` });
  const result = readPath(JSON.parse(text), 'data', 'result');
  return Array.isArray(result) ? result.length : 0;
}

// The classic series cross midnight, and a block ends at every even hour.
const BLOCKS = 2;

// Its meta.json is the last file of a block that is uploaded.
async function countBlocks(bucket: string): Promise<number> {
  const files = await readdir(bucket, { recursive: true });
  return files.filter((file) => /^[0-9A-Z]{26}\/meta\.json$/.test(file)).length;
}
