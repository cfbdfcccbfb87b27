import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readTextFile } from '../adapters/files/text-file.ts';
import { MAX_DOCUMENT_BYTES } from '../adapters/files/document.ts';
import type { Log } from '../http/log.ts';
import type { ReloadOutcome } from '../http/operations-metrics.ts';
import type { Result } from '../result.ts';
import type { RunningRole } from './role.ts';

/**
 * How often the configuration file is looked at, in milliseconds. It is read, not watched: a mounted
 * ConfigMap changes by the swap of a symbolic link two folders above the file.
 */
const CONFIG_CHECK_MS = 5_000;

const SETTLE_MS = 200;

/** What {@link followConfig} needs. */
export interface FollowConfigOptions<C> {
  readonly file: string;
  /** The configuration that the role was started with. */
  readonly running: C;
  readonly role: Pick<RunningRole<C>, 'reconfigure' | 'reloadFinished'>;
  /** Reads and checks the file. A refusal lists every problem. */
  readonly load: () => Promise<Result<C, readonly string[]>>;
  readonly log: Log;
  /** @defaultValue {@link CONFIG_CHECK_MS} */
  readonly checkMs?: number | undefined;
  /** How long a file must stay as it is before it is taken, in milliseconds. @defaultValue 200 */
  readonly settleMs?: number | undefined;
}

/** A configuration file that is followed. */
export interface FollowedConfig {
  /** Takes the file anew, whether or not it changed, and with it what it refers to. */
  reload(): Promise<void>;
  /** Follows it no longer. It waits for an attempt that is under way. */
  stop(): Promise<void>;
}

/**
 * Takes over each change of the configuration file. A file that is wrong, or whose parts cannot be
 * started, leaves the last good configuration in use.
 */
export function followConfig<C>(options: FollowConfigOptions<C>): FollowedConfig {
  const follower = new ConfigFollower(options);
  let queue = Promise.resolve();
  // One attempt at a time: two that overlap could end in the older one.
  const enqueue = (isForced: boolean): Promise<void> => {
    queue = queue.then(() => follower.check(isForced));
    return queue;
  };
  const timer = setInterval(() => void enqueue(false), options.checkMs ?? CONFIG_CHECK_MS);
  return {
    reload: () => enqueue(true),
    stop: async () => {
      clearInterval(timer);
      follower.stop();
      await queue;
    },
  };
}

class ConfigFollower<C> {
  readonly #options: FollowConfigOptions<C>;
  #runningText: string;
  // Of the bytes that were dealt with: taken over, or refused for what they say.
  #fingerprint: string | undefined;
  #lastTrouble: string | undefined;
  #isStopped = false;

  constructor(options: FollowConfigOptions<C>) {
    this.#options = options;
    this.#runningText = JSON.stringify(options.running);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async check(isForced: boolean): Promise<void> {
    if (this.#isStopped) return;
    try {
      const { file, load, settleMs = SETTLE_MS } = this.#options;
      const fingerprint = await fingerprintOf(file);
      if (fingerprint === this.#fingerprint && !isForced) return;
      // Half a file may be right by itself: what is still being written is left for the next look.
      await pause(settleMs);
      const loaded = await load();
      if ((await fingerprintOf(file)) !== fingerprint && !isForced) return;
      await this.#take(loaded, isForced);
      this.#fingerprint = fingerprint;
    } catch (error) {
      // Whatever is there next is news, also what was there before.
      this.#fingerprint = undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.#fail('failed', message, { error });
    }
  }

  async #take(loaded: Result<C, readonly string[]>, isForced: boolean): Promise<void> {
    const { role, log } = this.#options;
    if (!loaded.ok) {
      this.#fail('refused', loaded.rejection.join('\n'), { problems: loaded.rejection });
      return;
    }
    const text = JSON.stringify(loaded.value);
    if (text === this.#runningText && !isForced) {
      // The file says again what is in use, after something else that could not be taken.
      if (this.#lastTrouble !== undefined) this.#succeed([]);
      return;
    }
    const staying = await role.reconfigure(loaded.value);
    this.#runningText = text;
    this.#succeed(staying);
    if (staying.length > 0) log('warn', 'config_needs_restart', { settings: staying });
  }

  #succeed(staying: readonly string[]): void {
    this.#lastTrouble = undefined;
    this.#options.role.reloadFinished('applied');
    this.#options.log('info', 'config_reloaded', { isComplete: staying.length === 0 });
  }

  // What goes on being wrong is said once.
  #fail(outcome: ReloadOutcome, trouble: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#isStopped) return;
    this.#options.role.reloadFinished(outcome);
    if (trouble === this.#lastTrouble) return;
    this.#lastTrouble = trouble;
    this.#options.log('error', `config_${outcome}`, fields);
  }
}

async function fingerprintOf(file: string): Promise<string> {
  const text = await readTextFile(file, MAX_DOCUMENT_BYTES);
  return createHash('sha256').update(text).digest('hex');
}
