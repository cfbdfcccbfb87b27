import type { Clock } from './clock.ts';

/** How verdicts are remembered while a change settles. Times are in milliseconds. */
export interface SettlingTimes {
  /**
   * How long after a change the API server may still answer as before it: it learns of changes by a
   * watch of its own, and remembers some of its answers.
   */
  readonly settlingMs: number;
  /** How long a verdict about a namespace that changed is remembered meanwhile. */
  readonly ttlMs: number;
  /** The same where everything may have changed. */
  readonly ttlForAllMs: number;
}

/** Rights: the API server's own watch may lag behind ours. */
export const RIGHTS_SETTLING: SettlingTimes = {
  settlingMs: 5_000,
  ttlMs: 1_000,
  ttlForAllMs: 1_000,
};

/** Tokens: the API server remembers for ten seconds that one was good. */
export const TOKENS_SETTLING: SettlingTimes = {
  settlingMs: 15_000,
  ttlMs: 1_000,
  ttlForAllMs: 10_000,
};

const MAX_NAMESPACES = 1_000;

/** Where something changed a moment ago, so that a verdict about it may be an old one. */
export class RecentChanges {
  readonly #clock: Clock;
  readonly #times: SettlingTimes;
  readonly #settledAtMs = new Map<string, number>();
  #allSettledAtMs = -Infinity;

  constructor(clock: Clock, times: SettlingTimes) {
    this.#clock = clock;
    this.#times = times;
  }

  /** Notes a change in one namespace, or in all of them. */
  note(namespace?: string): void {
    const settledAtMs = this.#clock.monotonicMs() + this.#times.settlingMs;
    if (namespace !== undefined) this.#settledAtMs.set(namespace, settledAtMs);
    if (this.#settledAtMs.size > MAX_NAMESPACES) this.#dropSettled();
    if (namespace === undefined || this.#settledAtMs.size > MAX_NAMESPACES) {
      this.#allSettledAtMs = settledAtMs;
    }
  }

  /**
   * Shortens the time that a verdict about a namespace is remembered, if it was asked for before a
   * change had settled. Without a namespace the verdict is about all of them at once, which no change
   * in one of them can alter.
   */
  limitTtl(
    namespace: string | undefined,
    { askedAtMs, ttlMs }: { readonly askedAtMs: number; readonly ttlMs: number },
  ): number {
    const { ttlMs: shortMs, ttlForAllMs } = this.#times;
    const settledAtMs = namespace === undefined ? undefined : this.#settledAtMs.get(namespace);
    if (askedAtMs < (settledAtMs ?? -Infinity)) {
      return Math.min(ttlMs, shortMs);
    }
    return askedAtMs < this.#allSettledAtMs ? Math.min(ttlMs, ttlForAllMs) : ttlMs;
  }

  // Those beyond the limit that have not settled yet are covered by what all have to wait for.
  #dropSettled(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [namespace, settledAtMs] of this.#settledAtMs) {
      if (settledAtMs <= nowMs) this.#settledAtMs.delete(namespace);
    }
    if (this.#settledAtMs.size > MAX_NAMESPACES * 2) this.#settledAtMs.clear();
  }
}
