import { describe, expect, it } from '@jest/globals';
import { RecentChanges } from '../../frontend/access/recent-changes.ts';
import { FakeClock } from './fakes.ts';

const TIMES = { settlingMs: 5_000, ttlMs: 1_000, ttlForAllMs: 2_000 };

function setUp(): { clock: FakeClock; changes: RecentChanges; ttl: (namespace: string) => number } {
  const clock = new FakeClock();
  const changes = new RecentChanges(clock, TIMES);
  const ttl = (namespace: string): number =>
    changes.limitTtl(namespace, { askedAtMs: clock.monotonicMs(), ttlMs: 30_000 });
  return { clock, changes, ttl };
}

describe('RecentChanges', () => {
  it('shortens nothing where nothing changed', () => {
    expect(setUp().ttl('a')).toBe(30_000);
  });

  it('shortens what concerns a namespace until its change has settled', () => {
    const { clock, changes, ttl } = setUp();
    changes.note('a');
    expect([ttl('a'), ttl('b')]).toEqual([1_000, 30_000]);
    clock.advance(4_999);
    expect(ttl('a')).toBe(1_000);
    clock.advance(1);
    expect(ttl('a')).toBe(30_000);
  });

  it('shortens everything after a change that concerns all', () => {
    const { clock, changes, ttl } = setUp();
    changes.note('a');
    changes.note();
    expect([ttl('a'), ttl('b')]).toEqual([1_000, 2_000]);
    clock.advance(5_000);
    expect([ttl('a'), ttl('b')]).toEqual([30_000, 30_000]);
  });

  it('never makes a time longer', () => {
    const { changes } = setUp();
    changes.note();
    expect(changes.limitTtl('a', { askedAtMs: 0, ttlMs: 10 })).toBe(10);
  });

  it('counts from when a question was put, however late its answer is', () => {
    const { clock, changes } = setUp();
    changes.note('a');
    clock.advance(60_000);
    expect(changes.limitTtl('a', { askedAtMs: 4_000, ttlMs: 30_000 })).toBe(1_000);
  });

  it('forgets no change of a flood of them', () => {
    const { changes, ttl } = setUp();
    for (let turn = 0; turn < 5_000; turn += 1) changes.note(`n-${turn}`);
    for (let turn = 0; turn < 5_000; turn += 1) expect(ttl(`n-${turn}`)).toBeLessThanOrEqual(2_000);
  });
});
