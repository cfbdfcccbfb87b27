import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PositionFinder, utf8Length } from '../../frontend/promql/position.ts';

describe('PositionFinder', () => {
  const text = 'aé\n🙂b\r\nc\rd';

  it.each([
    ['a', { offset: 0, line: 1, column: 1 }],
    ['é', { offset: 1, line: 1, column: 2 }],
    ['🙂', { offset: 4, line: 2, column: 1 }],
    ['b', { offset: 8, line: 2, column: 2 }],
    ['c', { offset: 11, line: 3, column: 1 }],
    ['d', { offset: 13, line: 4, column: 1 }],
  ])('finds %s', (character, position) => {
    expect(new PositionFinder(text).at(text.indexOf(character))).toEqual(position);
  });

  it('gives the same answers in any order', () => {
    const indexes = fc.array(fc.nat({ max: text.length }));
    fc.assert(
      fc.property(indexes, (asked) => {
        const finder = new PositionFinder(text);
        for (const index of asked) {
          expect(finder.at(index)).toEqual(new PositionFinder(text).at(index));
        }
      }),
    );
  });
});

describe('utf8Length', () => {
  it('counts what an encoder writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });
});
