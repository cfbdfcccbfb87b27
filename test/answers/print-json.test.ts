import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '../../frontend/answers/json-value.ts';
import { PIECE_CHARACTERS, printJson } from '../../frontend/answers/print-json.ts';

describe('printJson', () => {
  it('prints what JSON.stringify prints', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: JsonValue = JSON.parse(JSON.stringify(value));
        expect([...printJson(json)].join('')).toBe(JSON.stringify(json));
      }),
    );
  });

  it('prints large values in pieces', () => {
    const entry = {
      labels: { namespace: 'team-a' },
      values: Array.from({ length: 5_000 }, () => 1),
    };
    const value: JsonValue = {
      none: [],
      list: Array.from({ length: 100 }, () => entry),
      ['__proto__']: 'x'.repeat(300_000),
    };
    const pieces = [...printJson(value)];
    expect(pieces.join('')).toBe(JSON.stringify(value));
    expect(pieces.length).toBeGreaterThan(10);
    // One part may be as long as a small value or one text.
    expect(pieces.slice(0, -2).every((it) => it.length < 2 * PIECE_CHARACTERS)).toBe(true);
  });
});
