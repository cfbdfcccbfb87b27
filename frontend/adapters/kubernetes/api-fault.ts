import { Fault } from '../../fault.ts';

/** What a fault needs to know of an answer that is not 2xx. */
export interface RefusedAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

const DEFAULT_RETRY_AFTER_MS = 1_000;

/**
 * Says why a call ended without an answer.
 *
 * @param isLate - Whether the time of the call was over.
 */
export function transportFault(cause: unknown, isLate: boolean): Fault {
  const options = { cause, retryable: true };
  return isLate
    ? new Fault('api_server_timeout', 'the API server did not answer in time', options)
    : new Fault('api_server_unreachable', 'the API server cannot be reached', options);
}

/**
 * Says what an answer of another kind than 2xx means. Its body is left out: a review echoes the
 * token.
 */
export function answerFault(
  call: { readonly method: string; readonly path: string },
  answer: RefusedAnswer,
): Fault {
  const message = `the API server answered ${call.method} ${call.path} with ${answer.status}`;
  switch (answer.status) {
    case 401:
    case 403:
      return new Fault('api_server_refused', `${message}: this process may not ask it`);
    case 429:
      return new Fault('api_server_throttled', message, {
        retryable: true,
        retryAfterMs: parseRetryAfter(answer.retryAfter) ?? DEFAULT_RETRY_AFTER_MS,
      });
    default:
      return new Fault('api_server_failed', message, {
        retryable: answer.status >= 500,
        retryAfterMs: parseRetryAfter(answer.retryAfter),
      });
  }
}

// The API server writes seconds only. A date would depend on two clocks, so it counts as absent.
function parseRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : undefined;
}
