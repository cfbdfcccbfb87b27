import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { sendRequest } from '../harness/http-request.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { type RunningThanos, startThanosSidecar } from '../harness/thanos.ts';
import { seriesOf } from '../query-frontend/support/tenant-series.ts';

/** Where a sidecar remembers what it uploaded, as the document calls it. */
const REMEMBERED = 'thanos.shipper.json';

await describeReal('a lost object store', ['prometheus', 'promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  let folder: TempFolder;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    folder = await tempFolder('object-store-lost');
    started.defer(folder.remove);
    prometheus = await startPrometheus({
      config: '{"global": {"external_labels": {"cluster": "main", "prometheus_replica": "a"}}}',
      openMetrics: seriesOf('team-a', 'team-b'),
      flags: ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'],
    });
    started.defer(prometheus.stop);
  });

  afterAll(() => started.disposeAsync());

  /** Starts a sidecar over an object store of its own, and waits until it has looked for blocks. */
  const sidecarOver = async (name: string): Promise<RunningThanos> => {
    const bucket = join(folder.path, name);
    const config = join(folder.path, `${name}.yaml`);
    await mkdir(bucket, { recursive: true });
    await writeFile(config, JSON.stringify({ type: 'FILESYSTEM', config: { directory: bucket } }));
    const sidecar = await startThanosSidecar(prometheus, [`--objstore.config-file=${config}`]);
    await poll(
      async () => {
        const { text } = await sendRequest({ url: `${sidecar.httpUrl}/metrics` });
        return /^thanos_shipper_dir_syncs_total [1-9]/m.test(text) ? true : undefined;
      },
      { what: 'the sidecar to look for blocks', withinMs: 120_000 },
    );
    return sidecar;
  };

  const blocksIn = async (name: string): Promise<readonly string[]> =>
    (await readdir(join(folder.path, name))).filter((it) => /^[0-9A-Z]{26}$/.test(it)).toSorted();

  it('gets the blocks of the disk again once the sidecar forgot that it had uploaded them', async () => {
    await (await sidecarOver('first')).stop();
    const uploaded = await blocksIn('first');
    expect(uploaded.length).toBeGreaterThan(0);

    // Another object store alone is not enough.
    await (await sidecarOver('second')).stop();
    expect(await blocksIn('second')).toEqual([]);

    await rm(join(prometheus.dataDir, REMEMBERED));
    await (await sidecarOver('second')).stop();
    expect(await blocksIn('second')).toEqual(uploaded);
  });
});
