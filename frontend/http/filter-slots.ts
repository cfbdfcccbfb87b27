import { type Asker, FairQueue } from '../limits/fair-queue.ts';
import type { ConcurrencyRejection } from '../limits/rejection.ts';
import type { Result } from '../result.ts';

/** Answers that are held and filtered at once: each takes memory up to `limits.filteredBytes`. */
const FILTERS_AT_ONCE = 8;

const SETTINGS = {
  total: FILTERS_AT_ONCE,
  // One caller with slow answers must not keep the others from theirs.
  perTenant: FILTERS_AT_ONCE / 4,
  perUser: FILTERS_AT_ONCE / 4,
  waitingPerTenant: 64,
  waitingPerUser: 64,
};

/** Bounds how many answers are held in memory at once, and shares the places fairly. */
export class FilterSlots {
  readonly #queue = new FairQueue(SETTINGS);

  /** Places that are taken. */
  get taken(): number {
    return this.#queue.running;
  }

  /**
   * Runs `work` when there is a place for it.
   *
   * @throws What `work` throws, or the reason of `signal` when it comes first.
   */
  async run<T, R>(
    asker: Asker,
    signal: AbortSignal,
    work: () => Promise<Result<T, R>>,
  ): Promise<Result<T, R | ConcurrencyRejection>> {
    const turn = Promise.withResolvers<undefined>();
    const entered = this.#queue.enter(asker, () => {
      turn.resolve(undefined);
    });
    if (!entered.ok) return entered;
    const place = entered.value;
    const onAbort = (): void => {
      turn.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      if (!place.hasTurn) await turn.promise;
      return await work();
    } finally {
      signal.removeEventListener('abort', onAbort);
      // Nobody may be waiting for it any more.
      turn.promise.catch(() => undefined);
      place.leave();
    }
  }
}
