import { describe, expect, it } from '@jest/globals';
import {
  FAILING_PAUSE_MS,
  FAULTS_UNTIL_FAILING,
  MAX_THROTTLE_MS,
  ReviewBudget,
  type ReviewLane,
  type ReviewTicket,
} from '../../frontend/access/review-budget.ts';
import { Fault } from '../../frontend/fault.ts';
import { FakeClock } from './fakes.ts';

const AWAY = new Fault('api_server_unreachable', 'away', { retryable: true });

function setUp(settings: Partial<ConstructorParameters<typeof ReviewBudget>[1]> = {}) {
  const clock = new FakeClock();
  const budget = new ReviewBudget(clock, {
    maxInFlight: 8,
    reviewsPerSecond: 1_000,
    unknownTokensPerSecond: 1_000,
    ...settings,
  });
  const take = (lane: ReviewLane): ReviewTicket => {
    const admitted = budget.admit(lane);
    if (!admitted.ok) throw new Error(`withheld: ${admitted.rejection.reason}`);
    return admitted.value;
  };
  const reason = (lane: ReviewLane): string => {
    const admitted = budget.admit(lane);
    return admitted.ok ? 'admitted' : admitted.rejection.reason;
  };
  return { clock, budget, take, reason };
}

describe('ReviewBudget', () => {
  it('caps reviews in flight, and gives a place back when one ends', () => {
    const { take, reason } = setUp({ maxInFlight: 2 });
    const first = take('known');
    take('known');
    expect(reason('known')).toBe('in_flight');
    first.answered();
    expect(reason('known')).toBe('admitted');
  });

  it('lets unknown tokens hold a quarter of the places', () => {
    const { take, reason } = setUp({ maxInFlight: 8 });
    take('unknown');
    take('unknown');
    expect(reason('unknown')).toBe('in_flight');
    expect(reason('known')).toBe('admitted');
  });

  it('refills by the second', () => {
    const { clock, take, reason } = setUp({ reviewsPerSecond: 2 });
    take('known').answered();
    take('known').answered();
    expect(reason('known')).toBe('rate');
    clock.advance(499);
    expect(reason('known')).toBe('rate');
    clock.advance(1);
    expect(reason('known')).toBe('admitted');
  });

  it('counts unknown tokens in both buckets, and known ones in one', () => {
    const { take, reason } = setUp({ reviewsPerSecond: 3, unknownTokensPerSecond: 1 });
    take('unknown').answered();
    expect(reason('unknown')).toBe('rate');
    take('known').answered();
    take('known').answered();
    expect(reason('known')).toBe('rate');
  });

  it('leaves the API server alone for as long as it asked, up to a minute', () => {
    const { clock, budget, take, reason } = setUp();
    const fault = new Fault('api_server_throttled', 'busy', { retryAfterMs: 86_400_000 });
    take('unknown').failed(fault);
    expect(budget.admit('known')).toEqual({
      ok: false,
      rejection: { reason: 'throttled', retryAfterSeconds: MAX_THROTTLE_MS / 1_000 },
    });
    clock.advance(MAX_THROTTLE_MS);
    expect(reason('known')).toBe('admitted');
  });

  it('tries one review at a time after several faults in a row', () => {
    const { clock, take, reason } = setUp();
    for (let turn = 0; turn < FAULTS_UNTIL_FAILING; turn += 1) take('known').failed(AWAY);
    expect(reason('known')).toBe('failing');
    clock.advance(FAILING_PAUSE_MS);
    const probe = take('known');
    expect(reason('known')).toBe('failing');
    probe.answered();
    expect(reason('known')).toBe('admitted');
  });

  it('does not hold failures of unknown tokens against known ones', () => {
    const { take, reason } = setUp();
    for (let turn = 0; turn < FAULTS_UNTIL_FAILING; turn += 1) take('unknown').failed(AWAY);
    expect(reason('unknown')).toBe('failing');
    expect(reason('known')).toBe('admitted');
  });

  it.each([
    ['a fault that will not pass', new Fault('api_server_refused', 'forbidden')],
    ['a defect', undefined],
  ])('goes on after %s', (_case, fault) => {
    const { take, reason } = setUp({ maxInFlight: 1 });
    for (let turn = 0; turn < 10; turn += 1) take('known').failed(fault);
    expect(reason('known')).toBe('admitted');
  });
});
