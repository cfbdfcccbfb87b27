import type { Clock } from './clock.ts';

/** Allows a number of things per second, and as many at once after a quiet second. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #level: number;
  #filledAtMs: number;

  /** @param perSecond - At least 1. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#level = perSecond;
    this.#filledAtMs = clock.monotonicMs();
  }

  /** Whether one may be taken now. */
  hasOne(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const gained = ((nowMs - this.#filledAtMs) / 1_000) * this.#perSecond;
    this.#level = Math.min(this.#perSecond, this.#level + gained);
    this.#filledAtMs = nowMs;
    return this.#level >= 1;
  }

  /** Takes one. Ask {@link TokenBucket.hasOne} first. */
  takeOne(): void {
    this.#level -= 1;
  }
}
