import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  HIDDEN_NOTICE,
  MAX_NOTICES_BYTES,
  NoticeScrubber,
} from '../../frontend/http/scrub-notices.ts';

async function scrub(chunks: readonly (string | Buffer)[]): Promise<string> {
  const scrubbed: Buffer[] = [];
  const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  await pipeline(source, new NoticeScrubber(), async (output: AsyncIterable<Buffer>) => {
    for await (const chunk of output) scrubbed.push(chunk);
  });
  return Buffer.concat(scrubbed).toString('utf8');
}

function splitAt(body: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (body.length + 1)), body.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => body.subarray(places[index], end));
}

const TRICKY = fc.constantFrom(
  ',"warnings":[',
  ',"infos":["x"]',
  '"],"warnings":["',
  '\\',
  '"',
  ',"warning',
  'PromQL info: shown',
  'PromQL warning: shown',
  'proxy Series(): Addr: 10.0.0.1:10901',
  '\u00e9\u{1f600}',
);
const TEXT = fc.array(fc.oneof(TRICKY, fc.string({ unit: 'binary', maxLength: 8 })), {
  maxLength: 4,
});

interface Envelope {
  readonly status: string;
  readonly data: unknown;
  readonly warnings?: readonly string[] | undefined;
  readonly infos?: readonly string[] | undefined;
}

const ENVELOPE: fc.Arbitrary<Envelope> = fc
  .record({
    status: fc.constant('success'),
    data: fc.oneof(
      fc.jsonValue(),
      fc.array(TEXT.map((parts) => ({ metric: parts.join('') }))),
      // A label may be called "warnings"; its value is a string, never a list.
      TEXT.map((parts) => ({ a: '', warnings: parts.join(''), infos: '[' })),
    ),
    warnings: fc.option(fc.array(TEXT.map((parts) => parts.join(''))), { nil: undefined }),
    infos: fc.option(fc.array(TEXT.map((parts) => parts.join(''))), { nil: undefined }),
  })
  .filter(({ data }) => !/,"(?:warnings|infos)":\[/.test(JSON.stringify(data)));

function hidden(notices: readonly string[] | undefined): readonly string[] | undefined {
  return (
    notices && [
      ...new Set(notices.map((it) => (/^PromQL (?:info|warning): /.test(it) ? it : HIDDEN_NOTICE))),
    ]
  );
}

describe('NoticeScrubber', () => {
  it.each([
    ['an answer without notices', '{"status":"success","data":[1]}\n'],
    ['an empty answer', ''],
    ['what only looks like the beginning of notices', '{"data":"x","warnings'],
    ['a label called warnings', '{"data":{"a":"b","warnings":"[","infos":"x"}}'],
    [
      'the key inside a string, where its quotes are escaped',
      '{"data":",\\"warnings\\":[\\"x\\"]"}',
    ],
  ])('passes %s as it is', async (_what, body) => {
    expect(await scrub([body])).toBe(body);
  });

  it.each<[string, string, string]>([
    [
      'a store address',
      '{"data":[],"warnings":["No StoreAPIs matched: Addr: 10.0.0.1:10901"]}',
      `{"data":[],"warnings":["${HIDDEN_NOTICE}"]}\n`,
    ],
    [
      'several of them, once',
      '{"data":[],"warnings":["a","b"],"infos":["c"]}',
      `{"data":[],"warnings":["${HIDDEN_NOTICE}"],"infos":["${HIDDEN_NOTICE}"]}\n`,
    ],
    [
      'all but those of the engine',
      '{"data":[],"warnings":["PromQL warning: x (1:2)","y"],"infos":["PromQL info: z"]}\n',
      `{"data":[],"warnings":["PromQL warning: x (1:2)","${HIDDEN_NOTICE}"],"infos":["PromQL info: z"]}\n`,
    ],
    [
      'one that quotes an engine notice',
      '{"data":[],"infos":["store 1: PromQL info: z"]}',
      `{"data":[],"infos":["${HIDDEN_NOTICE}"]}\n`,
    ],
    [
      'one that is no text',
      '{"data":[],"warnings":[{"addr":"10.0.0.1"},[1],null]}',
      `{"data":[],"warnings":["${HIDDEN_NOTICE}"]}\n`,
    ],
    [
      'members that stand between and after',
      '{"data":[],"warnings":[],"secret":{"a":1},"infos":[],"__proto__":1}',
      '{"data":[],"warnings":[],"infos":[]}\n',
    ],
    [
      'a second list of the same name',
      '{"data":[],"warnings":["a"],"warnings":["PromQL info: z"]}',
      '{"data":[],"warnings":["PromQL info: z"]}\n',
    ],
  ])('hides %s', async (_what, body, expected) => {
    expect(await scrub([body])).toBe(expected);
  });

  it.each([
    ['cut off', '{"data":[],"warnings":["a"'],
    ['no JSON', '{"data":[],"warnings":[a]}'],
    ['followed by more', '{"data":[],"warnings":[]}{"data":[]}'],
    ['closed twice', '{"data":[],"warnings":[]}}'],
  ])('breaks off when the notices are %s', async (_what, body) => {
    await expect(scrub([body])).rejects.toMatchObject({ code: 'upstream_unexpected' });
  });

  it('breaks off when the notices are longer than the cap', async () => {
    const long = `{"data":[],"warnings":["${'x'.repeat(MAX_NOTICES_BYTES)}"]}`;
    const chunks = splitAt(Buffer.from(long), [100, 70_000, 500_000]);
    await expect(scrub(chunks)).rejects.toMatchObject({ code: 'upstream_unexpected' });
  });

  it('holds many small pieces without copying them over and over', async () => {
    const body = Buffer.from(`{"data":[],"warnings":["${'x'.repeat(400_000)}"]}`);
    const pieces = Array.from({ length: body.length / 4 + 1 }, (_, i) =>
      body.subarray(4 * i, 4 * i + 4),
    );
    const startedMs = performance.now();
    expect(await scrub(pieces)).toBe(`{"data":[],"warnings":["${HIDDEN_NOTICE}"]}\n`);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('gives the same output however the body is cut', async () => {
    await fc.assert(
      fc.asyncProperty(ENVELOPE, fc.array(fc.nat(2_000)), async (envelope, cuts) => {
        const body = Buffer.from(`${JSON.stringify(envelope)}\n`);
        const whole = await scrub([body]);
        expect(await scrub(splitAt(body, cuts))).toBe(whole);
        expect(await scrub(splitAt(body, [...body.keys()]))).toBe(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the data to the byte and hides every foreign notice', async () => {
    await fc.assert(
      fc.asyncProperty(ENVELOPE, fc.array(fc.nat(2_000)), async (envelope, cuts) => {
        const body = Buffer.from(`${JSON.stringify(envelope)}\n`);
        const { status, data, warnings, infos } = envelope;
        const expected = {
          status,
          data,
          ...(warnings && { warnings: hidden(warnings) }),
          ...(infos && { infos: hidden(infos) }),
        };
        expect(await scrub(splitAt(body, cuts))).toBe(`${JSON.stringify(expected)}\n`);
      }),
      { numRuns: 300 },
    );
  });
});
