import { Readable } from 'node:stream';
import { Fault } from '../fault.ts';

/** How the branches of one body behave. */
export interface FanOutOptions {
  /** Bytes by which a reader may fall behind the fastest one before the others wait for it. */
  readonly bufferBytes: number;
  /** Longest time that the others wait, in all, in milliseconds. */
  readonly holdUpMs: number;
  /** Called when the last reader is gone before the body has ended. */
  readonly onAbandoned: () => void;
}

/**
 * Gives one body to several readers.
 *
 * It is read at the pace of the fastest. What the others have not read yet is held for them, one copy
 * for all, up to a bound. When one falls behind further, the others wait for it, but only for a
 * short time in the whole life of the body: then it is cut off, because one client must not hold up
 * the others. A reader that is alone is waited for. The readers must all be there before the first
 * byte is.
 */
export class FanOut {
  readonly #source: Readable;
  readonly #options: FanOutOptions;
  readonly #branches = new Set<Branch>();
  // Those that the others wait for.
  readonly #behind = new Set<Branch>();
  #holdUpLeftMs: number;
  #heldUpSinceMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(source: Readable, options: FanOutOptions) {
    this.#source = source;
    this.#options = options;
    this.#holdUpLeftMs = options.holdUpMs;
    source.pause();
    source.on('data', (chunk: Buffer) => {
      this.#give(chunk);
    });
    source.once('end', () => {
      this.#hasEnded = true;
      this.#goOn();
      for (const branch of this.#branches) branch.push(null);
    });
    source.once('error', (error) => {
      this.#breakOff(error);
    });
    source.once('close', () => {
      clearTimeout(this.#timer);
      if (this.#hasEnded) return;
      this.#breakOff(
        new Fault('upstream_unavailable', 'read an answer of the upstream to its end'),
      );
    });
  }

  /** Adds a reader. */
  branch(): Readable {
    const branch: Branch = new Branch({
      onWanted: () => {
        this.#behind.delete(branch);
        this.#goOn();
      },
      onGone: () => {
        this.#leave(branch);
      },
    });
    this.#branches.add(branch);
    return branch;
  }

  #give(chunk: Buffer): void {
    let isWanted = false;
    for (const branch of this.#branches) isWanted = branch.push(chunk) || isWanted;
    if (this.#branches.size > 1) {
      for (const branch of this.#branches) {
        if (branch.readableLength > this.#options.bufferBytes) this.#behind.add(branch);
      }
    }
    if (this.#behind.size > 0) this.#holdUp();
    else if (!isWanted) this.#source.pause();
  }

  #holdUp(): void {
    this.#source.pause();
    if (this.#timer !== undefined) return;
    this.#heldUpSinceMs = performance.now();
    this.#timer = setTimeout(() => {
      for (const branch of this.#behind) {
        branch.destroy(new Fault('reader_too_slow', 'keep up with the other readers of an answer'));
      }
    }, this.#holdUpLeftMs);
  }

  // Goes on reading, unless somebody is still waited for.
  #goOn(): void {
    if (this.#behind.size > 0 && !this.#hasEnded) return;
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      const heldUpMs = performance.now() - this.#heldUpSinceMs;
      this.#holdUpLeftMs = Math.max(0, this.#holdUpLeftMs - heldUpMs);
    }
    if (!this.#hasEnded) this.#source.resume();
  }

  #leave(branch: Branch): void {
    const wasWaitedFor = this.#behind.delete(branch);
    if (!this.#branches.delete(branch) || this.#hasEnded) return;
    if (this.#branches.size === 0) {
      this.#source.destroy();
      this.#options.onAbandoned();
      return;
    }
    if (this.#branches.size === 1) this.#behind.clear();
    if (wasWaitedFor) this.#goOn();
  }

  #breakOff(error: Error): void {
    for (const branch of this.#branches) branch.destroy(error);
  }
}

interface BranchEvents {
  readonly onWanted: () => void;
  readonly onGone: () => void;
}

class Branch extends Readable {
  readonly #events: BranchEvents;

  constructor(events: BranchEvents) {
    super();
    this.#events = events;
    // Between two owners nobody listens, and a failure then must not end the process.
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.#events.onWanted();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#events.onGone();
    done(error);
  }
}
