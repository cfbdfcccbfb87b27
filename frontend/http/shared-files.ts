import { type Asker, FairQueue } from '../limits/fair-queue.ts';
import { TurnRefused } from './coalesce.ts';
import { Flight } from './coalesce-flight.ts';
import type { UpstreamAnswer, UpstreamFiles } from './upstream.ts';

/** Files that one user has under way at once: a browser opens as many connections to one server. */
export const FILES_PER_USER = 6;

const SETTINGS = {
  total: 16,
  perTenant: 12,
  perUser: FILES_PER_USER,
  waitingPerTenant: 64,
  waitingPerUser: 64,
};

/** The files of a web UI as many callers share them: each gets its turn, until its file has ended. */
export class SharedFiles {
  readonly #files: UpstreamFiles;
  readonly #waitMs: number;
  readonly #queue = new FairQueue(SETTINGS);

  /** @param waitMs - Longest time that a request waits for its turn, in milliseconds. */
  constructor(files: UpstreamFiles, waitMs: number) {
    this.#files = files;
    this.#waitMs = waitMs;
  }

  /**
   * Gets a file when the turn of the caller comes.
   *
   * @param asker - Whose UI it is, and who looks at it.
   * @throws What {@link UpstreamFiles.fetch} throws, {@link TurnRefused}, or the reason of `signal`.
   */
  async fetch(path: string, asker: Asker, signal: AbortSignal): Promise<UpstreamAnswer> {
    signal.throwIfAborted();
    const flight = new Flight({
      queue: this.#queue,
      waitMs: this.#waitMs,
      // Nobody joins, so nobody falls behind.
      bufferBytes: 0,
      ask: (own) => this.#files.fetch(path, own),
      listen: undefined,
      onClosed: () => undefined,
    });
    const answer = await flight.join(asker, signal);
    if (!answer.ok) throw new TurnRefused(answer.rejection);
    return answer.value;
  }
}
