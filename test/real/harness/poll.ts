import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 50;

/** How long to poll, and what to call the thing awaited when it does not come. */
export interface PollOptions {
  /** Completes the sentence "gave up waiting for …". */
  readonly what: string;
  /** Time after which to give up, in milliseconds. @defaultValue 60_000 */
  readonly withinMs?: number;
  /** Ends the waiting early by throwing, such as when the program that is awaited has ended. */
  readonly check?: () => void;
}

/**
 * Calls a probe until it gives something other than `undefined`, and gives that.
 *
 * A probe that throws has not succeeded yet. The last thing it threw is the cause of the error when
 * the time is over.
 */
export async function poll<T>(
  probe: () => Promise<T | undefined>,
  { what, withinMs = 60_000, check }: PollOptions,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let cause: unknown;
  do {
    check?.();
    try {
      const value = await probe();
      if (value !== undefined) {
        return value;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await pause(POLL_MS);
  } while (Date.now() < deadline);
  throw new Error(`gave up waiting for ${what} after ${withinMs} ms`, { cause });
}
