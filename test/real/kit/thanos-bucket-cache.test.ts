import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Size } from 'cdk8s';
import { BucketCache, ObjectStore, ThanosStoreGateway } from '../../../lib/index.ts';
import { BUCKET_FOLDER } from '../../../lib/objstore-secret.ts';
import { type Manifest, manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import { sendRequest } from '../harness/http-request.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import type { RunningThanos } from '../harness/thanos.ts';
import { LocalPods } from './support/local-pods.ts';
import { uploadedBlock } from './support/uploaded-block.ts';

function gateway(bucketCache?: BucketCache): Manifest[] {
  const chart = platformChart();
  void new ThanosStoreGateway(chart, 'gateway', {
    objstore: ObjectStore.filesystem(chart, 'object-store', { claimName: 'blocks' }),
    extraArgs: ['--sync-block-duration=1s'],
    ...(bucketCache === undefined ? {} : { bucketCache }),
  });
  return manifestsOf(chart);
}

await describeReal('the bucket cache of a store gateway', ['promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  let folder: TempFolder;
  let blocks: string;

  beforeAll(async () => {
    folder = await tempFolder('bucket-cache');
    started.defer(folder.remove);
    const time = Math.floor(Date.now() / 1000) - 86_400;
    blocks = await uploadedBlock(folder.path, { metric: 'orders', value: 1, time });
  });

  afterAll(() => started.disposeAsync());

  const start = async (name: string, manifests: readonly Manifest[]): Promise<RunningThanos> => {
    const place = join(folder.path, name);
    await cp(blocks, join(place, 'thanos-store-gateway-0', BUCKET_FOLDER), { recursive: true });
    const pods = new LocalPods(manifests, place, {});
    const [pod] = await pods.place('StatefulSet', 'thanos-store-gateway');
    if (pod === undefined) throw new Error('there is no pod');
    const thanos = await pods.start(pod);
    started.defer(thanos.stop);
    return thanos;
  };

  const metricsOf = async ({ httpUrl }: RunningThanos): Promise<string> =>
    (await sendRequest({ url: `${httpUrl}/metrics` })).text;

  it('answers out of the cache what was fetched before, and the block is there', async () => {
    const thanos = await start('cached', gateway(BucketCache.inMemory(Size.mebibytes(64))));
    const metrics = await poll(
      async () => {
        const text = await metricsOf(thanos);
        const hits = /^thanos_store_bucket_cache_operation_hits_total\{.*\} [1-9]/m.test(text);
        return hits ? text : undefined;
      },
      { what: 'something out of the cache' },
    );
    expect(metrics).toMatch(/^thanos_bucket_store_blocks_loaded 1$/m);
  });

  it('is not there unless it is asked for', async () => {
    const metrics = await metricsOf(await start('plain', gateway()));
    expect(metrics).toMatch(/^thanos_bucket_store_blocks_loaded 1$/m);
    expect(metrics).not.toContain('thanos_store_bucket_cache_operation');
  });

  it('keeps Thanos from its start with a setting that it does not know', async () => {
    const printed = JSON.stringify(gateway(BucketCache.inMemory(Size.mebibytes(64))));
    const misspelt = JSON.parse(
      printed.replace('metafile_max_size', 'metafile_maximum'),
    ) as Manifest[];
    await expect(start('misspelt', misspelt)).rejects.toThrow(/metafile_maximum/);
  });
});
