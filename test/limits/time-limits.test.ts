import { describe, expect, it } from '@jest/globals';
import { describeLimit } from '../../frontend/limits/describe-limit.ts';
import type { Evaluation } from '../../frontend/limits/evaluation.ts';
import { checkTimeLimits, type TimeLimits } from '../../frontend/limits/time-limits.ts';
import type { Expr } from '../../frontend/promql/ast.ts';
import { parseQuery } from '../../frontend/promql/parse.ts';

const LIMITS: TimeLimits = {
  rangeSeconds: 100_000,
  points: 1_000,
  lookbackSeconds: 3_600,
  offsetSeconds: 7_200,
  subqueryPoints: 500,
};

const NOW = 1_700_000_000;
const INSTANT = { startSeconds: NOW, endSeconds: NOW, stepSeconds: 0, lookbackDeltaSeconds: 0 };
const RANGE = { ...INSTANT, startSeconds: NOW - 10_000, stepSeconds: 60 };

function parse(query: string): Expr {
  const expr = parseQuery(query);
  if (!expr.ok) throw new TypeError(`${query}: ${expr.rejection.code}`);
  return expr.value;
}

function check(query: string, evaluation: Evaluation): readonly unknown[] {
  const rejection = checkTimeLimits(parse(query), evaluation, LIMITS);
  return rejection === undefined ? [] : [rejection.code, rejection.value];
}

describe('checkTimeLimits', () => {
  it.each<[string, Evaluation, ...unknown[]]>([
    ['1 + 1', { ...INSTANT, startSeconds: 4, endSeconds: 4 }],
    ['up', INSTANT],
    ['up', { ...INSTANT, startSeconds: 4, endSeconds: 4 }],
    ['up', RANGE],
    // In milliseconds, as Grafana asks for exemplars: far away, but no longer than its range.
    ['up', { ...INSTANT, startSeconds: 1.7e12, endSeconds: 1.7e12 + 50_000, stepSeconds: 60 }],
    ['up', { ...RANGE, startSeconds: NOW - 100_000, stepSeconds: 100 }],
    ['up', { ...RANGE, startSeconds: NOW - 100_001 }, 'limit_range', 100_001],
    ['up', { ...RANGE, stepSeconds: 10 }],
    ['up', { ...RANGE, stepSeconds: 9.99 }, 'limit_points', 1_001],
    ['up', { ...RANGE, startSeconds: NOW + 1 }],
    ['rate(up[1h])', INSTANT],
    ['rate(up[3601s])', INSTANT, 'limit_lookback', 3_601],
    ['up', { ...INSTANT, lookbackDeltaSeconds: 3_601 }, 'limit_lookback', 3_601],
    ['max_over_time(rate(up[5m])[1h:1m])', INSTANT, 'limit_lookback', 3_900],
    ['max_over_time(max_over_time(up[30m:1m])[31m:30m])', INSTANT, 'limit_lookback', 3_660],
    // Pinned, the steps of a subquery all read one moment.
    ['max_over_time(rate(up[5m] @ end())[1h:1m])', INSTANT],
    ['up offset 2h', RANGE],
    ['up offset 2h1s', RANGE, 'limit_offset', 7_201],
    ['up offset -7201s', RANGE, 'limit_offset', 7_201],
    ['up[5m] offset 3h', INSTANT, 'limit_offset', 10_800],
    ['max_over_time(rate(up[1m] offset 1h)[5m:1m] offset 2h)', INSTANT, 'limit_offset', 10_800],
    ['up @ 0', INSTANT, 'limit_offset', NOW],
    [`up @ ${NOW - 7_200}`, INSTANT],
    [`up @ ${NOW + 7_201}`, INSTANT, 'limit_offset', 7_201],
    [`up @ ${NOW - 17_200}`, RANGE],
    [`up @ ${NOW - 17_201}`, RANGE, 'limit_offset', 7_201],
    ['up @ start()', RANGE],
    ['up @ end() offset 5h', RANGE, 'limit_offset', 8_000],
    ['up offset 3h @ end()', INSTANT, 'limit_offset', 10_800],
    ['up offset 1h @ start()', RANGE],
    // What stands outside is overruled inside.
    ['max_over_time((up @ end())[5m:1m] @ 0)', INSTANT],
    ['max_over_time((up @ 0)[5m:1m] @ end())', INSTANT, 'limit_offset', NOW],
    ['max_over_time(up[1h:10s])', INSTANT],
    ['max_over_time(up[1h:7s])', INSTANT, 'limit_subquery_points', 514],
    ['max_over_time(up[1h:])', INSTANT],
    ['max_over_time(max_over_time(up[20m:1m])[30m:1m])', INSTANT, 'limit_subquery_points', 600],
    ['max_over_time(vector(1)[1h:1s])', INSTANT, 'limit_subquery_points', 3_600],
  ])('judges %s at %j', (query, evaluation, ...expected) => {
    expect(check(query, evaluation)).toEqual(expected);
  });

  it.each([
    'sum by (pod) (#)',
    'topk(scalar(#), up)',
    'topk(3, #)',
    'up + #',
    '# + up',
    'up * on (pod) group_left () # - up',
    '-#',
    '(#)',
    'label_replace(#, "a", "b", "c", "d")',
    'histogram_quantile(0.9, sum(#) by (le))',
    'max_over_time((#)[5m:1m])',
    'clamp(up, 0, scalar(#))',
  ])('finds a selector in %s', (place) => {
    expect(check(place.replace('#', 'far offset 3h'), INSTANT)).toEqual(['limit_offset', 10_800]);
    expect(check(place.replace('#', 'near offset 1h'), INSTANT)).toEqual([]);
  });

  it('names the limit and the value', () => {
    const said = (query: string, evaluation: Evaluation): string => {
      const rejection = checkTimeLimits(parse(query), evaluation, LIMITS);
      return rejection === undefined ? '' : describeLimit(rejection);
    };
    expect([
      said('up', { ...RANGE, startSeconds: NOW - 200_000.1 }),
      said('up', { ...RANGE, stepSeconds: 1 }),
      said('rate(up[2h])', INSTANT),
      said('up offset 1w', INSTANT),
      said('max_over_time(up[1h:1s])', INSTANT),
    ]).toEqual([
      'the query spans 200000.1 s, and at most 100000 s are allowed',
      'the range holds 10000 steps, and at most 1000 are allowed; a coarser step has fewer',
      'the query looks back 7200 s from where it is evaluated, and at most 3600 s are allowed',
      'an offset or @ moves the query by 604800 s, and at most 7200 s are allowed',
      'a subquery asks for 3600 points, and at most 500 are allowed; a coarser step has fewer',
    ]);
  });
});
