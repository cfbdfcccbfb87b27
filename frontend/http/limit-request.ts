import type { Evaluation } from '../limits/evaluation.ts';
import type { TimeRejection } from '../limits/rejection.ts';
import { checkTimeLimits, type TimeLimits } from '../limits/time-limits.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import { readDuration, readTimestamp } from './parameter-kinds.ts';
import type { ParsedPromql } from './scope-request.ts';

/**
 * Checks how far a query reaches in time.
 *
 * @param nowMs - When a query is evaluated that does not say it, in milliseconds since 1970.
 */
export function limitRequest(
  admitted: AdmittedRequest,
  promql: ParsedPromql,
  limits: TimeLimits,
  nowMs: number = Date.now(),
): Result<undefined, TimeRejection> {
  const evaluation = readEvaluation(admitted, nowMs / 1_000);
  if (promql.shape !== 'query' || evaluation === undefined) return accept(undefined);
  const rejection = checkTimeLimits(promql.expr, evaluation, limits);
  return rejection === undefined ? accept(undefined) : refuse(rejection);
}

// No other request evaluates a query. Exemplars are looked up, and Grafana asks for them in
// milliseconds.
function readEvaluation(
  { route, parameters }: AdmittedRequest,
  nowSeconds: number,
): Evaluation | undefined {
  const time = (name: string): number => readTimestamp(parameters.get(name) ?? '') ?? nowSeconds;
  const span = (name: string): number => readDuration(parameters.get(name) ?? '') ?? 0;
  const lookbackDeltaSeconds = span('lookback_delta');
  if (route.name === 'query') {
    const seconds = time('time');
    return { startSeconds: seconds, endSeconds: seconds, stepSeconds: 0, lookbackDeltaSeconds };
  }
  if (route.name !== 'query_range') return undefined;
  return {
    startSeconds: time('start'),
    endSeconds: time('end'),
    stepSeconds: span('step'),
    lookbackDeltaSeconds,
  };
}
