import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Duration } from 'cdk8s';
import {
  ObjectStore,
  ThanosQuerier,
  ThanosReceive,
  ThanosRuler,
  ThanosStoreGateway,
} from '../../../lib/index.ts';
import { BUCKET_FOLDER } from '../../../lib/objstore-secret.ts';
import { at, type Json, listAt, manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import { sendRequest } from '../harness/http-request.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import type { RunningThanos } from '../harness/thanos.ts';
import { type LocalPod, LocalPods } from '../kit/support/local-pods.ts';
import { uploadedBlock } from '../kit/support/uploaded-block.ts';
import { bytesField, doubleField, snappyBlock, wholeField } from '../meaning/protobuf.ts';

const OLD = Math.floor(Date.now() / 1000) - 5 * 86_400;

// In the order in which they can start.
const WORKLOADS: readonly (readonly [kind: string, name: string, replicas: number])[] = [
  ['StatefulSet', 'thanos-store-gateway', 2],
  ['StatefulSet', 'thanos-receive-ingestor', 3],
  ['Deployment', 'thanos-receive', 1],
  ['StatefulSet', 'thanos-ruler', 2],
  ['Deployment', 'thanos-querier', 1],
];

function manifests(): ReturnType<typeof manifestsOf> {
  const chart = platformChart();
  const objstore = ObjectStore.filesystem(chart, 'object-store', { claimName: 'blocks' });
  const shared = { cluster: 'main', objstore };
  const store = new ThanosStoreGateway(chart, 'store', { objstore });
  const receive = new ThanosReceive(chart, 'receive', shared);
  const rules = [{ record: 'taken_orders', expr: 'sum by (namespace) (orders)' }];
  const ruler = new ThanosRuler(chart, 'ruler', {
    ...shared,
    query: ThanosQuerier.named(),
    rules: { platform: JSON.stringify({ groups: [{ name: 'orders', rules }] }) },
    evaluationInterval: Duration.seconds(1),
  });
  void new ThanosQuerier(chart, 'querier', { endpoints: [store, receive, ruler] });
  return manifestsOf(chart);
}

await describeReal('what is lost when one of several parts dies', ['promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  const running = new Map<string, RunningThanos>();
  let folder: TempFolder;
  let pods: LocalPods;

  const start = async (pod: LocalPod): Promise<void> => {
    running.set(pod.name, await pods.start(pod));
  };

  const podOf = (name: string): LocalPod => {
    const pod = pods.pods.find((it) => it.name === name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    return pod;
  };

  beforeAll(async () => {
    folder = await tempFolder('lost-parts');
    started.defer(folder.remove);
    // A sample that only the object store has.
    const blocks = await uploadedBlock(folder.path, { metric: 'shipped', value: 7, time: OLD });
    pods = new LocalPods(manifests(), folder.path, {});
    started.defer(async () => {
      for (const thanos of running.values()) await thanos.stop();
    });
    const placed: LocalPod[] = [];
    for (const [kind, name, replicas] of WORKLOADS) {
      placed.push(...(await pods.place(kind, name, replicas)));
    }
    for (const index of [0, 1]) {
      const bucket = join(folder.path, `thanos-store-gateway-${index}`, BUCKET_FOLDER);
      await cp(blocks, bucket, { recursive: true });
    }
    for (const pod of placed) await start(pod);
  }, 300_000);

  afterAll(() => started.disposeAsync());

  /** Writes one sample of a tenant, and gives the status of the answer. */
  const write = async (value: number): Promise<number> => {
    const label = (name: string, text: string): Buffer =>
      bytesField(1, Buffer.concat([bytesField(1, name), bytesField(2, text)]));
    const sample = Buffer.concat([doubleField(1, value), wholeField(2, Date.now())]);
    const series = [
      label('__name__', 'orders'),
      label('namespace', 'team-a'),
      bytesField(2, sample),
    ];
    const answer = await fetch(`http://${podOf('thanos-receive-0').remoteWrite}/api/v1/receive`, {
      method: 'POST',
      headers: { 'Content-Encoding': 'snappy' },
      body: new Uint8Array(snappyBlock(bytesField(1, Buffer.concat(series)))),
    });
    await answer.arrayBuffer();
    return answer.status;
  };

  const ask = async (fields: Readonly<Record<string, string>>): Promise<Json> => {
    const url = `${running.get('thanos-querier-0')?.httpUrl}/api/v1/query`;
    const query = new URLSearchParams(fields).toString();
    return JSON.parse((await sendRequest({ url: `${url}?${query}` })).text) as Json;
  };

  /** Waits until a query has one answer of this value, without a warning. */
  const shows = (fields: Readonly<Record<string, string>>, value: number): Promise<Json> =>
    poll(
      async () => {
        const answer = await ask(fields);
        const [found, ...others] = listAt(answer, 'data', 'result');
        const isWhole = listAt(answer, 'warnings').length === 0 && others.length === 0;
        return isWhole && at(found, 'value', 1) === String(value) ? answer : undefined;
      },
      { what: `${JSON.stringify(fields)} to be ${value}`, withinMs: 120_000 },
    );

  const lose = async (name: string): Promise<void> => {
    await running.get(name)?.stop();
    running.delete(name);
  };

  it('is nothing while all are there', async () => {
    expect(await write(1)).toBe(200);
    await shows({ query: 'orders' }, 1);
    await shows({ query: 'taken_orders' }, 1);
    await shows({ query: 'shipped', time: String(OLD) }, 7);
  });

  it('is nothing of one ingestor of three: what it took is answered, and writes go on', async () => {
    await lose('thanos-receive-ingestor-0');
    await shows({ query: 'orders' }, 1);
    expect(await write(2)).toBe(200);
    await shows({ query: 'orders' }, 2);
    await shows({ query: 'taken_orders' }, 2);
  });

  it('is the right to write with two of three, which writers see, until one is back', async () => {
    await lose('thanos-receive-ingestor-1');
    expect(await write(3)).toBeGreaterThanOrEqual(500);
    await start(podOf('thanos-receive-ingestor-1'));
    await poll(async () => ((await write(4)) === 200 ? true : undefined), {
      what: 'writes to be taken again',
      withinMs: 60_000,
    });
    await shows({ query: 'orders' }, 4);
  });

  it('is nothing of one ruler of two: the other one goes on', async () => {
    await lose('thanos-ruler-0');
    await poll(async () => ((await write(5)) === 200 ? true : undefined), { what: 'a write' });
    await shows({ query: 'taken_orders' }, 5);
  });

  it('is nothing of one store gateway of two, and old samples of both', async () => {
    await lose('thanos-store-gateway-0');
    await shows({ query: 'shipped', time: String(OLD) }, 7);
    await lose('thanos-store-gateway-1');
    const answer = await ask({ query: 'shipped', time: String(OLD) });
    expect(listAt(answer, 'data', 'result')).toEqual([]);
  });
});
