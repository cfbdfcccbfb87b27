import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { AnswerCache } from '../../frontend/http/coalesce-cache.ts';
import type { UpstreamAnswer } from '../../frontend/http/upstream.ts';
import { FakeClock } from '../limits/fakes.ts';
import { textOf } from './coalesce-setup.ts';

const SUCCESS = '{"status":"success","data":{"resultType":"vector","result":[]}}';

interface Told extends Partial<Omit<UpstreamAnswer, 'body'>> {
  /** Ends the body before its end. */
  readonly isCut?: boolean;
}

async function tell(cache: AnswerCache, key: string, text: string, told: Told = {}): Promise<void> {
  const body = new PassThrough();
  const { isCut = false, ...fields } = told;
  cache.listen(key, { status: 200, contentType: 'application/json', ...fields, body });
  for (const character of text.match(/[^]{1,1000}/g) ?? []) body.write(character);
  const read = textOf(body).catch(() => undefined);
  if (isCut) setImmediate(() => body.destroy(new Error('reset')));
  else body.end();
  await read;
}

describe('AnswerCache', () => {
  it('gives a whole answer for its time, and not longer', async () => {
    const clock = new FakeClock();
    const cache = new AnswerCache(clock, { ttlMs: 1_000, maxBytes: 100_000 });
    await tell(cache, 'k', SUCCESS, { contentType: 'application/json; charset=utf-8' });
    clock.advance(999);
    const answer = cache.get('k');
    expect(answer).toMatchObject({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      contentLength: SUCCESS.length,
    });
    expect(answer && (await textOf(answer.body))).toBe(SUCCESS);
    clock.advance(1);
    expect(cache.get('k')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it.each<[string, string, ...Told[]]>([
    ['an error', SUCCESS, { status: 422 }],
    ['an error with status 200', '{"status":"error","errorType":"execution","error":"x"}'],
    ['something else', 'hello'],
    ['an answer that broke off', SUCCESS, { isCut: true }],
    ['warnings', '{"status":"success","data":[],"warnings":["partial"]}'],
    ['warnings before the data', '{"status":"success","warnings":["partial"],"data":[]}'],
    ['infos', '{"status":"success","data":[],"infos":["x"]}'],
    ['too much', `{"status":"success","data":["${'x'.repeat(20_000)}"]}`],
    ['too much by its own account', SUCCESS, { contentLength: 20_000 }],
  ])('does not remember %s', async (_what, text, ...[told]) => {
    const cache = new AnswerCache(new FakeClock(), { ttlMs: 1_000, maxBytes: 100_000 });
    await tell(cache, 'k', text, told);
    expect(cache.get('k')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('is not misled by a label whose value speaks of warnings', async () => {
    const cache = new AnswerCache(new FakeClock(), { ttlMs: 1_000, maxBytes: 100_000 });
    const text = JSON.stringify({ status: 'success', data: [{ a: '"warnings":[' }] });
    await tell(cache, 'k', text);
    expect(cache.get('k')).toBeDefined();
  });

  it('remembers nothing where its time is 0', async () => {
    const cache = new AnswerCache(new FakeClock(), { ttlMs: 0, maxBytes: 100_000 });
    await tell(cache, 'k', SUCCESS);
    expect([cache.isOn, cache.get('k')]).toEqual([false, undefined]);
  });

  it('holds no more bytes than it may, and keeps what was used last', async () => {
    const cache = new AnswerCache(new FakeClock(), { ttlMs: 1_000, maxBytes: 10_000 });
    const held: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      await tell(cache, `k${i}`, SUCCESS);
      cache.get('k0');
      held.push(cache.bytes);
    }
    expect(Math.max(...held)).toBeLessThanOrEqual(10_000);
    expect(Math.max(...held)).toBeGreaterThan(5_000);
    const kept = ['k0', 'k1', 'k98', 'k99'].map((key) => cache.get(key) !== undefined);
    expect(kept).toEqual([true, false, true, true]);
  });

  it('counts an answer once that is told twice', async () => {
    const cache = new AnswerCache(new FakeClock(), { ttlMs: 1_000, maxBytes: 10_000 });
    await tell(cache, 'k', SUCCESS);
    const once = cache.bytes;
    await tell(cache, 'k', SUCCESS);
    expect(cache.bytes).toBe(once);
  });
});
