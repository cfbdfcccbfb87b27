/** Why a request was refused although nothing is wrong with it: it asks for too much. */
export type LimitRejection =
  | RateRejection
  | ConcurrencyRejection
  | ConnectionsRejection
  | TimeRejection
  | ResponseBytesRejection;

/** Whose share is used up: that of the user, or that of the set of namespaces. */
export type Sharer = 'user' | 'tenant';

/** Too many requests in too short a time. */
export interface RateRejection {
  readonly code: 'limit_rate';
  readonly sharer: Sharer;
  /** Requests per second. */
  readonly limit: number;
  /** At least 1. */
  readonly retryAfterSeconds: number;
}

/** Too many queries at once: there was no place in the queue, or its turn did not come in time. */
export type ConcurrencyRejection =
  | {
      readonly code: 'limit_concurrency';
      readonly problem: 'queue_full';
      readonly sharer: Sharer;
      /** Queries that may wait. */
      readonly limit: number;
      readonly retryAfterSeconds: number;
    }
  | {
      readonly code: 'limit_concurrency';
      readonly problem: 'waited_too_long';
      /** Milliseconds that a query may wait. */
      readonly limit: number;
      readonly retryAfterSeconds: number;
    };

/** The user has too many connections open, and a request under way on each. */
export interface ConnectionsRejection {
  readonly code: 'limit_connections';
  /** Connections that one user may have. */
  readonly limit: number;
  /** At least 1. */
  readonly retryAfterSeconds: number;
}

/** The query reaches too far in time, or asks for too many points in it. */
export interface TimeRejection {
  readonly code: TimeLimitCode;
  /** Seconds or points. */
  readonly limit: number;
  /** In the unit of the limit. Not a number where it cannot be computed. */
  readonly value: number;
}

/** The codes of limits on time. */
export type TimeLimitCode =
  'limit_range' | 'limit_points' | 'limit_lookback' | 'limit_offset' | 'limit_subquery_points';

/** The answer is longer than allowed, by its own account. */
export interface ResponseBytesRejection {
  readonly code: 'limit_response_bytes';
  readonly limit: number;
  readonly value: number;
}
