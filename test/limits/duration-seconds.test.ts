import { describe, expect, it } from '@jest/globals';
import { durationSeconds } from '../../frontend/limits/duration-seconds.ts';
import { checkTimeLimits } from '../../frontend/limits/time-limits.ts';
import type { Expr } from '../../frontend/promql/ast.ts';
import { parseQuery } from '../../frontend/promql/parse.ts';

const EVALUATION = {
  startSeconds: 1_000,
  endSeconds: 4_600,
  stepSeconds: 30,
  lookbackDeltaSeconds: 0,
};

function parse(query: string): Expr {
  const expr = parseQuery(query, {}, { 'promql-duration-expr': true });
  if (!expr.ok) throw new TypeError(`${query}: ${expr.rejection.code}`);
  return expr.value;
}

function offsetOf(duration: string): number {
  const expr = parse(`up offset (${duration})`);
  const [modifier] = expr.kind === 'vectorSelector' ? expr.modifiers : [];
  if (modifier?.kind !== 'offset') throw new TypeError(duration);
  return durationSeconds(modifier.offset, EVALUATION);
}

describe('durationSeconds', () => {
  it.each([
    ['5m', 300],
    ['1h30m', 5_400],
    ['5m * 2', 600],
    ['1h - 5m - 1m', 3_240],
    ['2 ^ 3 ^ 2', 512],
    ['1h / 7', 3_600 / 7],
    ['100 % 30', 10],
    ['-5m', -300],
    ['-(5m + 1m)', -360],
    ['step()', 30],
    ['range()', 3_600],
    ['max_of(step(), 1m)', 60],
    ['min_of(step(), 1m)', 30],
    ['2 * (1m + step())', 180],
  ])('computes %s', (duration, seconds) => {
    expect(offsetOf(duration)).toBeCloseTo(seconds, 9);
  });
});

describe('a computed duration', () => {
  const LIMITS = {
    rangeSeconds: 10_000,
    points: 1_000,
    lookbackSeconds: 3_600,
    offsetSeconds: 3_600,
    subqueryPoints: 100,
  };

  it.each([
    ['rate(up[1h * 2])', 'limit_lookback'],
    ['up offset (1h * 2)', 'limit_offset'],
    ['up offset -(1h * 2)', 'limit_offset'],
    ['max_over_time(up[1h:step()])', 'limit_subquery_points'],
    ['up offset ((step() - 30) / (step() - 30))', 'limit_offset'],
    ['rate(up[30m * 2])', undefined],
  ])('in %s is held to the limits', (query, code) => {
    expect(checkTimeLimits(parse(query), EVALUATION, LIMITS)?.code).toBe(code);
  });
});
