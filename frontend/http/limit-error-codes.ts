import type { LimitRejection } from '../limits/rejection.ts';
import type { ErrorCode } from './error-codes.ts';

/** The error codes of rates, queues and bounds on time and size. */
export const LIMIT_ERROR_CODES: Readonly<Record<LimitRejection['code'], ErrorCode>> = {
  limit_rate: {
    status: 429,
    errorType: 'unavailable',
    summary:
      'The user sends more requests per second than `rates.perUser`, or all users of this set of namespaces together more than `rates.perTenant`.',
    remedy: 'Try again after the time in Retry-After, or raise the limit.',
  },
  limit_concurrency: {
    status: 429,
    errorType: 'unavailable',
    summary:
      'The user or the set of namespaces has too many queries at once: more than `concurrency.waitingPerUser` or `concurrency.waitingPerTenant` wait already, or the turn did not come within `concurrency.waitMs`.',
    remedy:
      'Try again after the time in Retry-After, send fewer queries at once, or raise the limit.',
  },
  limit_connections: {
    status: 429,
    errorType: 'unavailable',
    summary:
      'The user has a request under way on each of `listener.maxConnectionsPerCaller` connections, and sends one more on another.',
    remedy: 'Try again after the time in Retry-After, keep connections open, or raise the limit.',
  },
  limit_range: {
    status: 422,
    errorType: 'bad_data',
    summary: 'From start to end it is longer than `limits.rangeSeconds`.',
    remedy: 'Ask for a shorter range, or raise the limit.',
  },
  limit_points: {
    status: 422,
    errorType: 'bad_data',
    summary: 'The range divided by the step is more than `limits.points`.',
    remedy: 'Ask for a coarser step or a shorter range, or raise the limit.',
  },
  limit_lookback: {
    status: 422,
    errorType: 'bad_data',
    summary:
      'A range in brackets, together with the subqueries around it, or `lookback_delta` is longer than `limits.lookbackSeconds`.',
    remedy: 'Shorten the ranges in the expression, or raise the limit.',
  },
  limit_offset: {
    status: 422,
    errorType: 'bad_data',
    summary:
      'An `offset` or `@` moves a selector further out of the evaluated range than `limits.offsetSeconds`.',
    remedy: 'Evaluate the query nearer to that time, or raise the limit.',
  },
  limit_subquery_points: {
    status: 422,
    errorType: 'bad_data',
    summary:
      'A subquery has more points than `limits.subqueryPoints`: its range divided by its step, multiplied where subqueries are nested.',
    remedy: 'Give the subquery a coarser step or a shorter range, or raise the limit.',
  },
  limit_response_bytes: {
    status: 422,
    errorType: 'bad_data',
    summary:
      'The answer is longer than `limits.responseBytes`. Where its length is not known before, the connection is broken off instead.',
    remedy: 'Ask for fewer series, a shorter range or a coarser step, or raise the limit.',
  },
};
