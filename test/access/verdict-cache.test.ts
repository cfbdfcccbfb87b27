import { describe, expect, it } from '@jest/globals';
import { VerdictCache } from '../../frontend/access/verdict-cache.ts';
import { FakeClock } from './fakes.ts';

describe('VerdictCache', () => {
  it('returns a verdict while its time lasts', () => {
    const clock = new FakeClock();
    const cache = new VerdictCache<string>(clock, 2);
    cache.set('k', 'v', 10);
    clock.advance(9);
    expect(cache.get('k')).toBe('v');
    clock.advance(1);
    expect(cache.get('k')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('forgets the least recently used one when full', () => {
    const cache = new VerdictCache<string>(new FakeClock(), 2);
    cache.set('a', '1', 10);
    cache.set('b', '2', 10);
    cache.get('a');
    cache.set('c', '3', 10);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['1', undefined, '3']);
  });

  it.each([0, -1, Number.NaN])('remembers nothing for %d milliseconds', (ttlMs) => {
    const cache = new VerdictCache<string>(new FakeClock(), 2);
    cache.set('k', 'old', 10);
    cache.set('k', 'new', ttlMs);
    expect(cache.get('k')).toBeUndefined();
  });

  it('stays within its bound whatever comes', () => {
    const cache = new VerdictCache<true>(new FakeClock(), 3);
    for (let index = 0; index < 1_000; index += 1) cache.set(String(index), true, 10);
    expect(cache.size).toBe(3);
    cache.delete('999');
    expect(cache.get('999')).toBeUndefined();
  });
});
