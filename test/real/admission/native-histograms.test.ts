import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { itBeyondFloor } from '../harness/beyond-floor.ts';
import { sendRequest } from '../harness/http-request.ts';
import { freePort } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { type ExposingServers, exposingServers } from './exposing-servers.ts';
import { querySeries } from './scraped-cluster.ts';

const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

const SCRAPES_A_SECOND = { scrape_interval: '1s', scrape_timeout: '1s' };

await describeReal('native histograms, which targets lay out as they like', ['prometheus'], () => {
  let servers: ExposingServers;
  let port = 0;
  const started: RunningPrometheus[] = [];

  beforeAll(async () => {
    servers = exposingServers();
    port = await freePort();
    const families = [
      histogram('strange', 'a', 3, Number.NaN),
      histogram('strange', 'b', 3, 0.001),
      // Buckets of its own, in words of a target and not of Prometheus.
      histogram('custom', 'a', -53, undefined),
    ];
    await servers.listen(port, (_request, response) => {
      response.writeHead(200, { 'content-type': PROTOBUF }).end(Buffer.concat(families));
    });
  });

  afterAll(async () => {
    servers.stop();
    for (const prometheus of started) await prometheus.stop();
  });

  const scrape = async (more: Readonly<Record<string, unknown>>): Promise<RunningPrometheus> => {
    const job = { job_name: 'x', ...SCRAPES_A_SECOND, ...more };
    const scraped = { ...job, static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
    const prometheus = await startPrometheus({
      config: JSON.stringify({ scrape_configs: [scraped] }),
    });
    started.push(prometheus);
    await poll(
      async () => ((await querySeries(prometheus, 'up == 1')).length > 0 ? true : undefined),
      { what: 'the target to be scraped' },
    );
    return prometheus;
  };

  const runningQueries = async ({ url }: RunningPrometheus): Promise<string | undefined> =>
    /^prometheus_engine_queries (\S+)$/m.exec(
      (await sendRequest({ url: `${url}/metrics` })).text,
    )?.[1];

  describe('where they are asked for', () => {
    const itKnown = itBeyondFloor('its Prometheus takes native histograms by a feature flag alone');

    itKnown('are taken, and a query over them never ends', async () => {
      const prometheus = await scrape({ scrape_native_histograms: true });
      const taken = await querySeries(prometheus, '{__name__=~"strange|custom"}');
      expect(taken).toHaveLength(3);
      expect(taken.every((it) => readPath(it, 'histogram') !== undefined)).toBe(true);
      const query = `${prometheus.url}/api/v1/query?timeout=1s&query=sum(strange)`;
      await expect(fetch(query, { signal: AbortSignal.timeout(5_000) })).rejects.toThrow();
      // Neither its timeout nor that nobody waits for it stops it.
      await pause(2_000);
      expect(await runningQueries(prometheus)).toBe('1');
    });
  });

  describe('where they are not', () => {
    it('are not taken, and a query ends', async () => {
      const prometheus = await scrape({});
      const taken = await querySeries(prometheus, '{__name__=~"strange.*"}');
      expect(taken.length).toBeGreaterThan(0);
      expect(taken.filter((it) => readPath(it, 'histogram') !== undefined)).toEqual([]);
      expect(await querySeries(prometheus, 'sum({__name__=~"strange.*"})')).toHaveLength(1);
      expect(await runningQueries(prometheus)).toBe('0');
    });
  });
});

/** A family of one native histogram in the Protobuf format, of one observation in its first bucket. */
function histogram(
  name: string,
  instance: string,
  schema: number,
  zeroThreshold: number | undefined,
): Buffer {
  const span = Buffer.concat([number(1, zigzag(0)), number(2, 1)]);
  const zero = zeroThreshold === undefined ? [] : [double(6, zeroThreshold), number(7, 1)];
  const value = Buffer.concat([
    number(1, zero.length === 0 ? 1 : 2),
    double(2, 1),
    number(5, zigzag(schema)),
    ...zero,
    bytes(12, span),
    number(13, zigzag(1)),
  ]);
  const label = Buffer.concat([bytes(1, Buffer.from('of')), bytes(2, Buffer.from(instance))]);
  const metric = Buffer.concat([bytes(1, label), bytes(7, value)]);
  const family = [bytes(1, Buffer.from(name)), bytes(2, Buffer.from('x')), number(3, 4)];
  const message = Buffer.concat([...family, bytes(4, metric)]);
  return Buffer.concat([varint(message.length), message]);
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function varint(value: number): Buffer {
  const low = value % 128;
  return value < 128
    ? Buffer.from([low])
    : Buffer.concat([Buffer.from([low + 128]), varint(Math.floor(value / 128))]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([varint(field * 8 + 1), content]);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}
