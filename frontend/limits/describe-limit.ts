import type { ConcurrencyRejection, LimitRejection, Sharer } from './rejection.ts';

/** Says in one clause which limit was passed, where it lies, and by what. */
export function describeLimit(rejection: LimitRejection): string {
  const { limit } = rejection;
  switch (rejection.code) {
    case 'limit_rate':
      return `the ${named(rejection.sharer)} sends more than ${limit} requests a second`;
    case 'limit_concurrency':
      return describeConcurrency(rejection);
    case 'limit_connections':
      return `the user already has ${limit} connections, with a request under way on each`;
    case 'limit_range':
      return `the query spans ${printed(rejection.value)} s, and at most ${limit} s are allowed`;
    case 'limit_points':
      return `the range holds ${printed(rejection.value)} steps, and at most ${limit} are allowed; a coarser step has fewer`;
    case 'limit_lookback':
      return `the query looks back ${printed(rejection.value)} s from where it is evaluated, and at most ${limit} s are allowed`;
    case 'limit_offset':
      return `an offset or @ moves the query by ${printed(rejection.value)} s, and at most ${limit} s are allowed`;
    case 'limit_subquery_points':
      return `a subquery asks for ${printed(rejection.value)} points, and at most ${limit} are allowed; a coarser step has fewer`;
    case 'limit_response_bytes':
      return `the answer has ${rejection.value} bytes, and at most ${limit} are allowed`;
    default:
      return rejection satisfies never;
  }
}

function describeConcurrency(rejection: ConcurrencyRejection): string {
  switch (rejection.problem) {
    case 'queue_full':
      return `the ${named(rejection.sharer)} already has ${rejection.limit} queries waiting`;
    case 'waited_too_long':
      return `the query waited ${rejection.limit} ms for its turn, behind others of the same user or namespaces`;
    default:
      return rejection satisfies never;
  }
}

function named(sharer: Sharer): string {
  return sharer === 'user' ? 'user' : 'set of namespaces';
}

// Milliseconds are enough, and the error of binary fractions is not for people.
function printed(value: number): string {
  return Number.isFinite(value)
    ? String(Math.round(value * 1_000) / 1_000)
    : 'an unknown number of';
}
