import type { Clock } from './clock.ts';

interface Entry<T> {
  readonly value: T;
  readonly endsAtMs: number;
}

/**
 * Remembers verdicts, each for its own time, and forgets the least recently used one when full.
 *
 * Only verdicts belong in it. That a reviewer could not be asked is not one.
 */
export class VerdictCache<T extends object | string | true> {
  // A Map keeps insertion order and a hit is inserted anew, so the first entry is the oldest one.
  readonly #entries = new Map<string, Entry<T>>();
  readonly #clock: Clock;
  readonly #maxEntries: number;

  /** @param maxEntries - At least 1. */
  constructor(clock: Clock, maxEntries: number) {
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  /** How many entries are held, those whose time is over included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns the verdict under a key while its time lasts. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (this.#clock.monotonicMs() >= entry.endsAtMs) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Remembers a verdict for `ttlMs` milliseconds. Zero, less, or no number: not at all. */
  set(key: string, value: T, ttlMs: number): void {
    this.#entries.delete(key);
    if (!(ttlMs > 0)) return;
    this.#entries.set(key, { value, endsAtMs: this.#clock.monotonicMs() + ttlMs });
    if (this.#entries.size <= this.#maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** Forgets every verdict with such a value. */
  deleteWhere(matches: (value: T) => boolean): void {
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }

  /** Forgets the verdict under a key. */
  delete(key: string): void {
    this.#entries.delete(key);
  }
}
