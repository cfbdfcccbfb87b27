import { describe, expect, it } from '@jest/globals';
import { createKeyedHash } from '../../frontend/adapters/keyed-hash.ts';

describe('createKeyedHash', () => {
  const hash = createKeyedHash();

  it('gives equal parts an equal digest of fixed length', () => {
    expect(hash.digest(['ab', 'c'])).toBe(hash.digest(['ab', 'c']));
    expect(hash.digest(['a'.repeat(9_000)])).toHaveLength(44);
  });

  it.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [['ab'], ['ab', '']],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [['1:a'], ['a']],
    [['a1:b'], ['a', 'b']],
  ])('tells %j from %j', (first, second) => {
    expect(hash.digest(first)).not.toBe(hash.digest(second));
  });

  it('has a key of its own', () => {
    expect(createKeyedHash().digest(['a'])).not.toBe(hash.digest(['a']));
  });
});
