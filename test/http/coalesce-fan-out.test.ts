import { PassThrough, Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { FanOut } from '../../frontend/http/coalesce-fan-out.ts';
import { textOf } from './coalesce-setup.ts';
import { eventually } from './harness/eventually.ts';

interface Scene {
  readonly source: PassThrough;
  readonly branches: readonly Readable[];
  readonly abandoned: () => number;
}

function scene(readers: number, bufferBytes = 1_000_000): Scene {
  const source = new PassThrough();
  let abandoned = 0;
  const fanOut = new FanOut(source, {
    bufferBytes,
    holdUpMs: 20,
    onAbandoned: () => {
      abandoned += 1;
    },
  });
  const branches = Array.from({ length: readers }, () => fanOut.branch());
  return { source, branches, abandoned: () => abandoned };
}

/** A source of `chunks` pieces that counts how many were taken. */
function counted(chunks: number): { readonly source: Readable; readonly taken: () => number } {
  let taken = 0;
  const source = new Readable({
    read() {
      taken += 1;
      this.push(taken > chunks ? null : Buffer.alloc(16_384, taken % 256));
    },
  });
  return { source, taken: () => taken };
}

describe('FanOut', () => {
  it('gives every reader the whole body', async () => {
    const { source, branches, abandoned } = scene(3);
    const texts = Promise.all(branches.map((branch) => textOf(branch)));
    source.write('one ');
    await nextTurn();
    source.end('two');
    expect(await texts).toEqual(['one two', 'one two', 'one two']);
    expect(abandoned()).toBe(0);
  });

  it('gives it also to a reader that begins after the end', async () => {
    const { source, branches } = scene(2);
    const [first, second] = branches;
    source.end('all');
    expect(await textOf(first ?? source)).toBe('all');
    expect(await textOf(second ?? source)).toBe('all');
  });

  it('reads no further than the fastest reader', async () => {
    const { source, taken } = counted(10_000);
    const fanOut = new FanOut(source, {
      bufferBytes: 1e9,
      holdUpMs: 20,
      onAbandoned: () => undefined,
    });
    const branches = [fanOut.branch(), fanOut.branch()];
    for (const branch of branches) branch.read(0);
    for (let i = 0; i < 50; i += 1) await nextTurn();
    expect(taken()).toBeLessThan(20);
    for (const branch of branches) branch.destroy();
  });

  it('cuts a reader off that falls behind, and nobody else', async () => {
    const { source, taken } = counted(400);
    const fanOut = new FanOut(source, {
      bufferBytes: 200_000,
      holdUpMs: 20,
      onAbandoned: () => undefined,
    });
    const [fast, alsoFast, slow] = [fanOut.branch(), fanOut.branch(), fanOut.branch()];
    const cut = new Promise((resolve) => {
      slow.once('error', resolve);
    });
    const lengths = Promise.all([fast, alsoFast].map(async (it) => (await textOf(it)).length));
    expect(await cut).toMatchObject({ code: 'reader_too_slow' });
    expect(slow.readableLength).toBeLessThanOrEqual(200_000 + 65_536);
    expect((await lengths).every((it) => it > 0)).toBe(true);
    expect(taken()).toBe(401);
  });

  it('waits a little for a reader that falls behind, and gives it all', async () => {
    const { source, taken } = counted(400);
    const options = { bufferBytes: 200_000, holdUpMs: 60_000, onAbandoned: () => undefined };
    const fanOut = new FanOut(source, options);
    const [fast, slow] = [fanOut.branch(), fanOut.branch()];
    let fastBytes = 0;
    fast.on('data', (chunk: Buffer) => {
      fastBytes += chunk.length;
    });
    slow.read(0);
    await sleep(50);
    // Held up where the slow one stands, and not cut off.
    expect(taken()).toBeLessThan(30);
    expect(slow.destroyed).toBe(false);
    expect((await textOf(slow)).length).toBeGreaterThan(0);
    expect([fastBytes, taken()]).toEqual([400 * 16_384, 401]);
  });

  it('waits for no longer in all, however often one falls behind', async () => {
    const { source } = counted(100_000);
    const options = { bufferBytes: 200_000, holdUpMs: 100, onAbandoned: () => undefined };
    const fanOut = new FanOut(source, options);
    const [fast, slow] = [fanOut.branch(), fanOut.branch()];
    fast.resume();
    const cut = new Promise((resolve) => {
      slow.once('error', resolve);
    });
    // It empties its buffer each time just before it is too late.
    const reading = setInterval(() => {
      while (slow.read() !== null);
    }, 30);
    expect(await cut).toMatchObject({ code: 'reader_too_slow' });
    clearInterval(reading);
    fast.destroy();
  });

  it('waits for a slow reader once it is alone', async () => {
    const { source, taken } = counted(400);
    const fanOut = new FanOut(source, {
      bufferBytes: 200_000,
      holdUpMs: 20,
      onAbandoned: () => undefined,
    });
    const [slow, gone] = [fanOut.branch(), fanOut.branch()];
    gone.read(0);
    gone.destroy();
    slow.read(0);
    for (let i = 0; i < 50; i += 1) await nextTurn();
    expect(taken()).toBeLessThan(20);
    let bytes = 0;
    for await (const chunk of slow as AsyncIterable<Buffer>) bytes += chunk.length;
    expect(bytes).toBe(400 * 16_384);
  });

  it('goes on for the others when one leaves', async () => {
    const { source, branches, abandoned } = scene(2);
    const [stays = source, leaves = source] = branches;
    const text = textOf(stays);
    source.write('one ');
    leaves.destroy();
    await nextTurn();
    source.end('two');
    expect(await text).toBe('one two');
    expect(abandoned()).toBe(0);
  });

  it('ends the source when the last one leaves', async () => {
    const { source, branches, abandoned } = scene(3);
    for (const branch of branches) branch.destroy();
    await eventually(abandoned, (it) => it === 1);
    expect(source.destroyed).toBe(true);
  });

  it.each<[string, (source: PassThrough) => void]>([
    ['fails', (source) => source.destroy(new Error('reset'))],
    ['stops', (source) => source.destroy()],
  ])('breaks every branch off when the source %s', async (_how, end) => {
    const { source, branches } = scene(2);
    const outcomes = Promise.allSettled(branches.map((branch) => textOf(branch)));
    source.write('half');
    await nextTurn();
    end(source);
    expect((await outcomes).map((it) => it.status)).toEqual(['rejected', 'rejected']);
  });
});
