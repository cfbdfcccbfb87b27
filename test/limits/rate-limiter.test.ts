import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { RateLimiter } from '../../frontend/limits/rate-limiter.ts';
import { FakeClock } from './fakes.ts';

describe('RateLimiter', () => {
  it('takes a whole second at once, then one for each part of a second', () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter(clock, 4);
    const takeMany = (): number => [1, 2, 3, 4, 5, 6].filter(() => limiter.take('a') === 0).length;
    expect(takeMany()).toBe(4);
    clock.advance(249);
    expect(limiter.take('a')).toBe(1);
    clock.advance(1);
    expect(limiter.take('a')).toBe(0);
    expect(limiter.take('a')).toBe(1);
    clock.advance(10_000);
    expect(takeMany()).toBe(4);
  });

  it('keeps keys apart', () => {
    const limiter = new RateLimiter(new FakeClock(), 1);
    expect([limiter.take('a'), limiter.take('a'), limiter.take('b')]).toEqual([0, 1, 0]);
  });

  it('takes everything where the limit is 0', () => {
    const limiter = new RateLimiter(new FakeClock(), 0);
    expect(Array.from({ length: 1_000 }, () => limiter.take('a')).every((it) => it === 0)).toBe(
      true,
    );
    expect(limiter.size).toBe(0);
  });

  it('never takes more than its rate and one second of it, whatever the pattern', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
        (perSecond, pauses) => {
          const clock = new FakeClock();
          const limiter = new RateLimiter(clock, perSecond);
          let taken = 0;
          for (const pause of pauses) {
            clock.advance(pause);
            for (let i = 0; i < 10; i += 1) if (limiter.take('a') === 0) taken += 1;
          }
          const seconds = clock.monotonicMs() / 1_000;
          expect(taken).toBeLessThanOrEqual(perSecond * (seconds + 1) + 1e-6);
          expect(taken).toBeGreaterThanOrEqual(Math.min(pauses.length * 10, perSecond));
        },
      ),
    );
  });

  it('forgets keys that have their whole second again', () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter(clock, 10);
    for (let i = 0; i < 10_000; i += 1) {
      limiter.take(`key ${i}`);
      clock.advance(1);
    }
    expect(limiter.size).toBeLessThan(1_100);
    clock.advance(1_000);
    limiter.take('last');
    expect(limiter.size).toBe(1);
  });
});
