import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_TEXT_BYTES, readJson, SLICE_BYTES } from '../../frontend/answers/read-json.ts';
import { MAX_JSON_DEPTH } from '../../frontend/answers/scan-json.ts';
import type { Shape } from '../../frontend/answers/shape.ts';
import { bytesOf, finished } from './scopes.ts';

function read(text: string | Uint8Array, sliceBytes?: number): unknown {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return finished(readJson(bytes, undefined, sliceBytes)).value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SLICES = [1, 2, 3, 7, 16, 64, SLICE_BYTES];

describe('readJson', () => {
  it('reads what JSON.parse reads, whatever the size of a slice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        // A slice has to hold the longest number.
        expect(read(text, 32)).toEqual(parsed(text));
        expect(read(text)).toEqual(parsed(text));
      }),
    );
  });

  it('takes nothing that JSON.parse does not take', () => {
    const text = ' {"a":[1,-2.5e3,{"b":"x\\"]}\\\\"}],"c":{"d":null,"é":[true,false]},"e":[]} ';
    const bytes = [...new TextEncoder().encode(text)];
    for (const [at, original] of bytes.entries()) {
      for (const changed of [...'{}[],:"\\ 0a\n', '']) {
        const replaced = changed === '' ? [] : [...new TextEncoder().encode(changed)];
        const mutant = Uint8Array.from([
          ...bytes.slice(0, at),
          ...replaced,
          ...bytes.slice(at + 1),
        ]);
        const expected = parsed(new TextDecoder('utf-8').decode(mutant));
        for (const slice of SLICES) {
          const value = read(mutant, slice);
          // Small slices refuse long texts; what is read must be right all the same.
          if (value !== undefined) expect(value).toEqual(expected);
          if (slice === SLICE_BYTES && original < 0x80) expect(value).toEqual(expected);
        }
      }
    }
  });

  it.each([
    '',
    ' ',
    '{',
    '[1',
    '[1,]',
    '{"a":1,}',
    '{"a"}',
    '"',
    '"\\',
    '1 2',
    '{}x',
    'nul',
    "'a'",
  ])('refuses %j', (text) => {
    for (const slice of SLICES) expect(read(text, slice)).toBeUndefined();
  });

  it('refuses bytes that are not UTF-8', () => {
    const [open, close] = [new TextEncoder().encode('["'), new TextEncoder().encode('"]')];
    expect(read(Uint8Array.from([...open, 0xc3, 0x28, ...close]))).toBeUndefined();
    expect(read(Uint8Array.from([0xef, 0xbb, 0xbf, 0x5b, 0x5d]))).toBeUndefined();
  });

  it('refuses what is nested too deep, in a slice and above it', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(read(nested(MAX_JSON_DEPTH))).toEqual(parsed(nested(MAX_JSON_DEPTH)));
    expect(read(nested(MAX_JSON_DEPTH + 1))).toBeUndefined();
    expect(read(nested(40), 8)).toBeUndefined();
    expect(read(nested(100_000))).toBeUndefined();
  });

  it('reads a text longer than a slice, up to a bound', () => {
    const long = 'x'.repeat(SLICE_BYTES * 3);
    expect(read(JSON.stringify({ a: [long] }))).toEqual({ a: [long] });
    expect(read(JSON.stringify('x'.repeat(MAX_TEXT_BYTES)))).toBeUndefined();
  });

  it('keeps names that objects have by nature', () => {
    const text = '{"__proto__":{"a":1},"constructor":2}';
    for (const slice of [4, SLICE_BYTES]) {
      expect(JSON.stringify(read(text, slice))).toBe(text);
    }
  });

  const numbers: Shape = {
    kind: 'members',
    members: {
      list: { kind: 'entries', judge: (entry) => (entry['keep'] === true ? { is: 1 } : undefined) },
    },
  };

  it.each(SLICES.slice(4))('judges each entry of a list, with slices of %i bytes', (slice) => {
    const value = {
      list: [{ keep: true }, { keep: false }, 7, null, [], { keep: true }],
      rest: [3],
    };
    const { value: judged } = finished(readJson(bytesOf(value), numbers, slice));
    expect(judged).toEqual({ list: [{ is: 1 }, { is: 1 }], rest: [3] });
  });

  it.each<[unknown, unknown]>([
    [null, []],
    ['text', null],
    [true, null],
    [{ keep: true, more: 'x'.repeat(50) }, null],
  ])('passes nothing of %j, which should be a list', (value, expected) => {
    for (const slice of [16, SLICE_BYTES]) {
      const bytes = bytesOf({ list: value });
      expect(finished(readJson(bytes, numbers, slice)).value).toEqual({ list: expected });
    }
  });

  it('counts what inner lists have lost, across slices', () => {
    const inner: Shape = {
      kind: 'entries',
      entry: {
        kind: 'members',
        members: {
          list: numbers.kind === 'members' ? (numbers.members['list'] ?? numbers) : numbers,
        },
      },
      judge: (entry, lost) => ({ ...entry, lost }),
    };
    const value = [
      { list: [{ keep: true }, { keep: false }, { keep: false }] },
      { list: [] },
      { list: [{ keep: false }] },
    ];
    for (const slice of [8, 32, SLICE_BYTES]) {
      expect(finished(readJson(bytesOf(value), inner, slice)).value).toEqual([
        { list: [{ is: 1 }], lost: 2 },
        { list: [], lost: 0 },
        { list: [], lost: 1 },
      ]);
    }
  });

  it('takes a large answer in steps of a slice or less', () => {
    const entry = { labels: { namespace: 'team-a' }, text: 'x'.repeat(1_000) };
    const bytes = bytesOf({ data: Array.from({ length: 3_000 }, () => entry) });
    const { steps } = finished(readJson(bytes));
    expect(bytes.length).toBeGreaterThan(10 * SLICE_BYTES);
    expect(steps).toBeGreaterThan(3_000);
  });
});
