import type { Clock } from './clock.ts';

const BURST_MS = 1_000;

/**
 * Allows each key a number of requests per second, and as many at once after a quiet second.
 *
 * A key costs one number while it is in use, and nothing a second later.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  // For each key, when it will have its whole second again; the least recently used key first.
  readonly #fullAtMs = new Map<string, number>();

  /** @param perSecond - At least 1, or 0 for no limit. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#spacingMs = perSecond === 0 ? 0 : 1_000 / perSecond;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#fullAtMs.size;
  }

  /**
   * Takes one request of a key, if it has one left.
   *
   * @returns 0 when it was taken, otherwise the seconds after which there is one again, at least 1.
   */
  take(key: string): number {
    if (this.#spacingMs === 0) return 0;
    const nowMs = this.#clock.monotonicMs();
    this.#forgetFull(nowMs);
    const fullAtMs = Math.max(this.#fullAtMs.get(key) ?? nowMs, nowMs);
    const overMs = fullAtMs + this.#spacingMs - nowMs - BURST_MS;
    // A quotient such as 1000/3 adds up to a hair more than the second it divides.
    if (overMs > 1e-6) return Math.ceil(overMs / 1_000);
    this.#fullAtMs.delete(key);
    this.#fullAtMs.set(key, fullAtMs + this.#spacingMs);
    return 0;
  }

  #forgetFull(nowMs: number): void {
    for (const [key, fullAtMs] of this.#fullAtMs) {
      if (fullAtMs > nowMs) return;
      this.#fullAtMs.delete(key);
    }
  }
}
