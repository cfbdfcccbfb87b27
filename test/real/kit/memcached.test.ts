import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  BucketCache,
  IndexCache,
  Memcached,
  ObjectStore,
  ResponseCache,
  ThanosQuerier,
  ThanosQueryFrontend,
  ThanosStoreGateway,
} from '../../../lib/index.ts';
import { BUCKET_FOLDER } from '../../../lib/objstore-secret.ts';
import { type Manifest, manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import { sendRequest } from '../harness/http-request.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import type { RunningThanos } from '../harness/thanos.ts';
import { LocalPods } from './support/local-pods.ts';
import { type RunningMemcached, startMemcached } from './support/memcached.ts';
import { uploadedBlock } from './support/uploaded-block.ts';

const TIME = Math.floor(Date.now() / 1000) - 5 * 86_400;

// How often there was what a cache was asked for.
const ANSWERS = /^cortex_cache_hits_total\{.*"query_range"\} (\d+)$/m;
const BLOCKS = /^thanos_cache_memcached_hits_total\{name="caching-bucket"\} (\d+)$/m;

function synth(): Manifest[] {
  const chart = platformChart();
  const memcached = new Memcached(chart, 'memcached');
  const store = new ThanosStoreGateway(chart, 'store', {
    objstore: ObjectStore.filesystem(chart, 'object-store', { claimName: 'blocks' }),
    indexCache: IndexCache.memcached(memcached),
    bucketCache: BucketCache.memcached(memcached),
    extraArgs: ['--sync-block-duration=1s'],
  });
  const querier = new ThanosQuerier(chart, 'querier', { endpoints: [store] });
  void new ThanosQueryFrontend(chart, 'frontend', {
    downstream: querier,
    rangeCache: ResponseCache.memcached(memcached),
    labelsCache: ResponseCache.memcached(memcached),
  });
  return manifestsOf(chart);
}

/** The manifests with another address in place of the name of the memcached. */
function withMemcachedAt(address: string): Manifest[] {
  const text = JSON.stringify(synth());
  const name = 'dnssrv+_memcached._tcp.thanos-memcached';
  expect(text).toContain(name);
  return JSON.parse(text.replaceAll(name, address)) as Manifest[];
}

await describeReal('the caches in a memcached', ['memcached', 'promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  const running = new Map<string, RunningThanos>();
  let folder: TempFolder;
  let memcached: RunningMemcached;
  let blocks: string;

  /** Starts one pod of a workload. */
  const start = async (
    pods: LocalPods,
    place: string,
    kind: string,
    name: string,
  ): Promise<void> => {
    await cp(blocks, join(place, `${name}-0`, BUCKET_FOLDER), { recursive: true });
    const [pod] = await pods.place(kind, name);
    if (pod === undefined) throw new Error(`there is no ${name}`);
    const thanos = await pods.start(pod);
    started.defer(thanos.stop);
    running.set(name, thanos);
  };

  beforeAll(async () => {
    folder = await tempFolder('memcached-caches');
    started.defer(folder.remove);
    blocks = await uploadedBlock(folder.path, { metric: 'orders', value: 7, time: TIME });
    memcached = await startMemcached(synth());
    started.defer(() => memcached.stop());
    const place = join(folder.path, 'pods');
    const pods = new LocalPods(withMemcachedAt(memcached.address), place, {});
    await start(pods, place, 'StatefulSet', 'thanos-store-gateway');
    await start(pods, place, 'Deployment', 'thanos-querier');
    await start(pods, place, 'Deployment', 'thanos-query-frontend');
  });

  afterAll(() => started.disposeAsync());

  const get = async (name: string, path: string): Promise<string> =>
    (await sendRequest({ url: `${running.get(name)?.httpUrl}${path}` })).text;

  const askRange = (): Promise<string> => {
    const range = { start: String(TIME - 60), end: String(TIME), step: '15' };
    const fields = new URLSearchParams({ query: 'orders', ...range }).toString();
    return get('thanos-query-frontend', `/api/v1/query_range?${fields}`);
  };

  const hits = async (component: string, metric: RegExp): Promise<number> =>
    Number(metric.exec(await get(component, '/metrics'))?.[1] ?? 0);

  it('hold what the object store gave, and answers', async () => {
    const answer = await poll(
      async () => {
        const text = await askRange();
        return text.includes('"7"') ? text : undefined;
      },
      { what: 'the sample', withinMs: 60_000 },
    );
    expect(await askRange()).toBe(answer);
    expect(await hits('thanos-query-frontend', ANSWERS)).toBeGreaterThan(0);
    await poll(async () => ((await hits('thanos-store-gateway', BLOCKS)) > 0 ? true : undefined), {
      what: 'something out of the bucket cache',
    });
  });

  it('are missed by nobody: answers come without them', async () => {
    const answer = await askRange();
    await memcached.stop();
    expect(JSON.parse(await askRange())).toMatchObject({
      status: 'success',
      data: JSON.parse(answer).data,
    });
    for (const { httpUrl } of running.values()) {
      expect((await sendRequest({ url: `${httpUrl}/-/ready` })).status).toBe(200);
    }
  });

  it('keep a store gateway from its start only while their name has no address', async () => {
    const away = join(folder.path, 'away');
    // The last address is one where nobody listens any more.
    const pods = new LocalPods(withMemcachedAt(memcached.address), away, {});
    await start(pods, away, 'StatefulSet', 'thanos-store-gateway');
    const unnamed = join(folder.path, 'unnamed');
    const others = new LocalPods(withMemcachedAt('dns+nowhere.invalid:11211'), unnamed, {});
    await expect(start(others, unnamed, 'StatefulSet', 'thanos-store-gateway')).rejects.toThrow(
      /starting thanos/,
    );
  });
});
