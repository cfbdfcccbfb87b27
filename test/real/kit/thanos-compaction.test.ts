import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Duration } from 'cdk8s';
import { ObjectStore, ThanosCompactor } from '../../../lib/index.ts';
import { BUCKET_FOLDER } from '../../../lib/objstore-secret.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  platformChart,
  textsAt,
} from '../../lib/support/manifests.ts';
import { sendRequest } from '../harness/http-request.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { promtool } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { LocalPods } from './support/local-pods.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

// Blocks begin at even hours. The youngest here ended hours ago, so nobody waits for more of it.
const RECENT = Math.floor(Date.now() / 1000 / (2 * HOUR)) * 2 * HOUR - 12 * HOUR;

const SHARED = { cluster: 'main', prometheus: 'monitoring/tenancy' };

function replica(index: number): Record<string, string> {
  return { ...SHARED, prometheus_replica: `prometheus-tenancy-${index}` };
}

function compactor(): Manifest[] {
  const chart = platformChart();
  void new ThanosCompactor(chart, 'compactor', {
    objstore: ObjectStore.filesystem(chart, 'object-store', { claimName: 'blocks' }),
    retention: { raw: Duration.days(20) },
    deduplication: { replicaLabels: ['prometheus_replica'], unsafeIrreversible: true },
    waitInterval: Duration.seconds(5),
    // Nobody is still writing to these blocks.
    extraArgs: ['--consistency-delay=0s'],
  });
  return manifestsOf(chart);
}

/** The same compactor without the arguments that begin so. */
function compactorWithout(prefix: string): Manifest[] {
  const kept = (key: string, value: unknown): unknown =>
    key === 'args' && Array.isArray(value)
      ? value.filter((arg) => !String(arg).startsWith(prefix))
      : value;
  return JSON.parse(JSON.stringify(compactor()), kept) as Manifest[];
}

await describeReal('the compactor on blocks of a pair', ['promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  let folder: TempFolder;
  let blocks: string;
  let pair: readonly string[];
  let expired: string;
  let marked: string;

  /** Makes a block of two series, as the sidecar of one replica uploads it. */
  const addBlock = async (
    labels: Readonly<Record<string, string>>,
    times: readonly number[],
  ): Promise<string> => {
    const lines = ['team-a', 'team-b'].flatMap((tenant) =>
      times.map((time) => `orders{namespace="${tenant}"} 1 ${time}`),
    );
    const source = join(folder.path, 'series.om');
    await writeFile(source, ['# TYPE orders gauge', ...lines, '# EOF', ''].join('\n'));
    const before = await readdir(blocks);
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', source, blocks];
    expect(await promtool(args)).toMatchObject({ exitCode: 0 });
    const [block = '', ...others] = (await readdir(blocks)).filter((it) => !before.includes(it));
    expect(others).toEqual([]);
    const meta = join(blocks, block, 'meta.json');
    const thanos = { labels, downsample: { resolution: 0 }, source: 'sidecar' };
    await writeFile(meta, JSON.stringify({ ...textsAt(await metaOf(blocks, block)), thanos }));
    return block;
  };

  beforeAll(async () => {
    folder = await tempFolder('thanos-compaction');
    started.defer(folder.remove);
    blocks = join(folder.path, 'blocks');
    await mkdir(blocks);
    const everyMinute = Array.from({ length: 100 }, (_, index) => RECENT + index * 60);
    // The other one scraped two seconds later, and was away for the first half.
    const laterHalf = everyMinute.slice(50).map((time) => time + 2);
    pair = [await addBlock(replica(0), everyMinute), await addBlock(replica(1), laterHalf)];
    expired = await addBlock(replica(0), [RECENT - 30 * DAY]);
    marked = await addBlock(replica(0), [RECENT - 4 * DAY]);
    await writeFile(
      join(blocks, marked, 'deletion-mark.json'),
      JSON.stringify({ id: marked, version: 1, deletion_time: RECENT - 3 * DAY }),
    );
  }, 120_000);

  afterAll(() => started.disposeAsync());

  /** Runs a compactor over the blocks until it is through with them, and gives its bucket. */
  const compacted = async (name: string, manifests: readonly Manifest[]): Promise<string> => {
    const place = join(folder.path, name);
    const bucket = join(place, 'thanos-compactor-0', BUCKET_FOLDER);
    await cp(blocks, bucket, { recursive: true });
    const pods = new LocalPods(manifests, place, {});
    for (const pod of await pods.place('StatefulSet', 'thanos-compactor')) {
      const thanos = await pods.start(pod);
      started.defer(thanos.stop);
      await poll(
        async () => {
          const { text } = await sendRequest({ url: `${thanos.httpUrl}/metrics` });
          expect(text).toMatch(/^thanos_compact_halted 0$/m);
          const isThrough = /^thanos_compact_iterations_total (?:[2-9]|\d\d)/m.test(text);
          return isThrough && !(await exists(bucket, marked)) ? true : undefined;
        },
        { what: 'two passes, and the marked block to go', withinMs: 120_000 },
      );
    }
    return bucket;
  };

  it('makes one block of the pair, in which each sample stands once', async () => {
    const bucket = await compacted('merged', compactor());
    const merged = await made(bucket, [...pair, expired]);
    expect(merged).toHaveLength(1);
    expect(textsAt(merged[0], 'thanos', 'labels')).toEqual(SHARED);
    expect(new Set(listAt(merged[0], 'compaction', 'sources'))).toEqual(new Set(pair));
    // Two series of a hundred samples.
    expect(at(merged[0], 'stats')).toMatchObject({ numSeries: 2, numSamples: 200 });
    // They go in two days, for the sake of the stores.
    expect(await marksIn(bucket)).toEqual(new Set([...pair, expired]));
  }, 180_000);

  it('would keep the samples of both replicas one to one, which the kit refuses for them', async () => {
    const bucket = await compacted('one-to-one', compactorWithout('--deduplication.func'));
    const merged = await made(bucket, [...pair, expired]);
    expect(merged.map((it) => at(it, 'stats', 'numSamples'))).toEqual([300]);
  }, 180_000);

  it('merges nothing where that was not asked for, and still deletes what is too old', async () => {
    const bucket = await compacted('apart', compactorWithout('--deduplication.'));
    expect(await made(bucket, [...pair, expired])).toEqual([]);
    expect(await marksIn(bucket)).toEqual(new Set([expired]));
  }, 180_000);
});

async function metaOf(bucket: string, block: string): Promise<unknown> {
  return JSON.parse(await readFile(join(bucket, block, 'meta.json'), 'utf8'));
}

async function exists(...path: readonly string[]): Promise<boolean> {
  return (await stat(join(...path)).catch(() => undefined)) !== undefined;
}

async function blocksIn(bucket: string): Promise<readonly string[]> {
  return (await readdir(bucket)).filter((it) => /^[0-9A-Z]{26}$/.test(it));
}

/** What the bucket says of the blocks that were not there before. */
async function made(bucket: string, before: readonly string[]): Promise<readonly unknown[]> {
  const names = (await blocksIn(bucket)).filter((it) => !before.includes(it));
  return Promise.all(names.map((it) => metaOf(bucket, it)));
}

async function marksIn(bucket: string): Promise<ReadonlySet<string>> {
  const marks = new Set<string>();
  for (const block of await blocksIn(bucket)) {
    if (await exists(bucket, block, 'deletion-mark.json')) marks.add(block);
  }
  return marks;
}
