import type { JSONWebKeySet, LocalJWKSet } from 'jose';
import type { Clock } from '../../access/clock.ts';
import { asObject } from '../kubernetes/json-fields.ts';

/** An issuer, and the keys that it signs with. */
export interface IssuerKeySet {
  readonly issuer: string;
  readonly keys: LocalJWKSet;
}

/** How {@link FollowedKeys} reads keys, and how often it may. */
export interface FollowedKeysOptions {
  readonly clock: Clock;
  /** Reads the keys. Whatever it throws counts as a failed attempt. */
  read(): Promise<IssuerKeySet>;
  /** Hears of every attempt; `problem` is what a failed one threw. */
  finished(outcome: 'read' | 'failed', problem?: unknown): void;
  /** Shortest time between attempts after a failed one, in milliseconds. @defaultValue {@link KEYS_COOLDOWN_MS} */
  readonly retryMs?: number;
}

/** Shortest time between two attempts to read the keys, in milliseconds. */
export const KEYS_COOLDOWN_MS = 30_000;
/** Age at which the keys are read again although nothing asks for it, in milliseconds. */
export const KEYS_MAX_AGE_MS = 600_000;

/**
 * The keys of one issuer, as they were last read. They are read again when they are old, or when
 * somebody asks, though not more often than the cooldown allows.
 */
export class FollowedKeys {
  readonly #options: FollowedKeysOptions;
  #current: IssuerKeySet | undefined;
  #triedAtMs = -Infinity;
  #isUpToDate = false;
  #refresh: Promise<void> | undefined;

  constructor(options: FollowedKeysOptions) {
    this.#options = options;
  }

  /** The keys, or `undefined` while they could not be read even once. */
  get current(): IssuerKeySet | undefined {
    return this.#current;
  }

  /** Whether the last attempt to read them worked. */
  get isUpToDate(): boolean {
    return this.#isUpToDate;
  }

  /** Begins to read keys that are missing or old, without making anybody wait. */
  renew(): void {
    if (this.#current === undefined || this.#ageMs() >= KEYS_MAX_AGE_MS) void this.refresh();
  }

  /** Reads the keys, unless that was tried within the cooldown. It never fails. */
  async refresh(): Promise<void> {
    if (this.#ageMs() >= this.#cooldownMs()) this.#refresh ??= this.#read();
    await this.#refresh;
  }

  #ageMs(): number {
    return this.#options.clock.monotonicMs() - this.#triedAtMs;
  }

  #cooldownMs(): number {
    return this.#isUpToDate ? KEYS_COOLDOWN_MS : (this.#options.retryMs ?? KEYS_COOLDOWN_MS);
  }

  async #read(): Promise<void> {
    this.#triedAtMs = this.#options.clock.monotonicMs();
    let problem: unknown;
    try {
      this.#current = await this.#options.read();
      this.#isUpToDate = true;
    } catch (error) {
      this.#isUpToDate = false;
      problem = error;
    } finally {
      this.#refresh = undefined;
    }
    this.#options.finished(this.#isUpToDate ? 'read' : 'failed', problem);
  }
}

/** Whether an answer is a set of at least one key. */
export function isKeySet(value: unknown): value is JSONWebKeySet {
  const keys = asObject(value)?.['keys'];
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => asObject(key) !== undefined);
}
