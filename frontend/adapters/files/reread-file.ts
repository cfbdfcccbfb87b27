import type { Clock } from '../../access/clock.ts';
import { Fault } from '../../fault.ts';
import { readTextFile } from './text-file.ts';

/** How old the remembered content of a {@link RereadFile} may be, in milliseconds. */
export const REREAD_AFTER_MS = 30_000;

const MAX_BYTES = 1_048_576;

/**
 * A small file that somebody else rotates, such as a projected token. Its content is read again
 * when it is older than {@link REREAD_AFTER_MS}; no watch is kept, which mounted volumes break.
 */
export class RereadFile {
  readonly #path: string;
  readonly #clock: Clock;
  #content: string | undefined;
  #readAtMs = -Infinity;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /**
   * Returns the content, without white space around it. A file that cannot be read, or is empty
   * for now, leaves the content as it was.
   *
   * @throws {Fault} If the file could not be read even once.
   */
  async read(): Promise<string> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#content !== undefined && nowMs - this.#readAtMs < REREAD_AFTER_MS) {
      return this.#content;
    }
    try {
      const content = (await readTextFile(this.#path, MAX_BYTES)).trim();
      if (content === '') throw new Fault('file_empty', `${this.#path} is empty`);
      this.#content = content;
    } catch (error) {
      if (this.#content === undefined) throw error;
    }
    this.#readAtMs = nowMs;
    return this.#content;
  }

  /** Makes the next {@link RereadFile.read} go to the file, for content that was refused. */
  expire(): void {
    this.#readAtMs = -Infinity;
  }
}
