import type { Expr } from '../promql/ast.ts';
import type { Evaluation } from './evaluation.ts';
import { measureReach } from './query-reach.ts';
import type { TimeLimitCode, TimeRejection } from './rejection.ts';

/** How far one query may reach in time, and into how many points. */
export interface TimeLimits {
  /** Seconds from start to end of a range query. */
  readonly rangeSeconds: number;
  /** Steps of a range query. */
  readonly points: number;
  /** Seconds that ranges in brackets, subqueries and `lookback_delta` add up to. */
  readonly lookbackSeconds: number;
  /** Seconds that `offset` and `@` may move a selector out of the evaluated range. */
  readonly offsetSeconds: number;
  /** Points that subqueries ask for. */
  readonly subqueryPoints: number;
}

/**
 * Finds the first limit that a query passes.
 *
 * No limit is on absolute time: an evaluation in 1970 is as good as one today, and Grafana's health
 * check asks for one.
 */
export function checkTimeLimits(
  expr: Expr,
  evaluation: Evaluation,
  limits: TimeLimits,
): TimeRejection | undefined {
  const { startSeconds, endSeconds, stepSeconds } = evaluation;
  const rangeSeconds = endSeconds - startSeconds;
  const reach = measureReach(expr, evaluation);
  return (
    over('limit_range', limits.rangeSeconds, rangeSeconds) ??
    over(
      'limit_points',
      limits.points,
      stepSeconds > 0 ? Math.floor(rangeSeconds / stepSeconds) : 0,
    ) ??
    over('limit_lookback', limits.lookbackSeconds, reach.lookbackSeconds) ??
    over('limit_offset', limits.offsetSeconds, reach.offsetSeconds) ??
    over('limit_subquery_points', limits.subqueryPoints, Math.floor(reach.subqueryPoints))
  );
}

// A value that is not a number is over every limit.
function over(code: TimeLimitCode, limit: number, value: number): TimeRejection | undefined {
  return value <= limit ? undefined : { code, limit, value };
}
