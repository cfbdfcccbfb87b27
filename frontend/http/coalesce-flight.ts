import type { Asker, FairQueue, Place } from '../limits/fair-queue.ts';
import { QUEUE_RETRY_AFTER_SECONDS } from '../limits/fair-queue.ts';
import type { ConcurrencyRejection } from '../limits/rejection.ts';
import { accept, refuse, type Result } from '../result.ts';
import { FanOut } from './coalesce-fan-out.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** What a flight gets from those who start it. */
export interface FlightParts {
  readonly queue: FairQueue;
  /** Longest time a caller waits in the queue, in milliseconds. */
  readonly waitMs: number;
  readonly bufferBytes: number;
  /** Asks the upstream. */
  readonly ask: (signal: AbortSignal) => Promise<UpstreamAnswer>;
  /** Hears of the answer before anybody reads it, unless it is `undefined`. */
  readonly listen: ((answer: UpstreamAnswer) => void) | undefined;
  /** Called once, when nobody may join any more. */
  readonly onClosed: () => void;
}

/** Longest time that readers of one answer wait for slower ones, in all, in milliseconds. */
const HOLD_UP_MS = 2_000;

type Answer = Result<UpstreamAnswer, ConcurrencyRejection>;

interface Caller {
  readonly stand: Stand;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
  /** What happens when the caller goes away. */
  onGone: () => void;
  /** Stops listening for that. */
  readonly deafen: () => void;
}

/** The callers of one user, and their common place in the queue. */
interface Stand {
  readonly user: string;
  readonly callers: Set<Caller>;
  place: Place | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * One request to the upstream, for everybody who asks the same at the same time.
 *
 * Every user that joins stands in the queue in its own name, and the first whose turn comes starts
 * it for all: nobody waits behind the backlog of another user. A caller that goes away takes nothing
 * from the others; when the last is gone, the request is aborted.
 */
export class Flight {
  readonly #parts: FlightParts;
  readonly #controller = new AbortController();
  readonly #callers = new Set<Caller>();
  readonly #stands = new Map<string, Stand>();
  #turn: Place | undefined;
  #isClosed = false;

  constructor(parts: FlightParts) {
    this.#parts = parts;
  }

  /**
   * Takes part, until the headers of the answer are there.
   *
   * @throws What the upstream throws, or the reason of `signal`.
   */
  join(asker: Asker, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stand = this.#standOf(asker.user);
      const onAbort = (): void => {
        caller.onGone();
      };
      const caller: Caller = {
        stand,
        settle: resolve,
        fail: reject,
        onGone: () => {
          this.#leave(caller);
          reject(asError(signal.reason));
        },
        deafen: () => {
          signal.removeEventListener('abort', onAbort);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#callers.add(caller);
      stand.callers.add(caller);
      if (this.#turn === undefined && stand.place === undefined) this.#queueUp(stand, asker);
    });
  }

  #standOf(user: string): Stand {
    const known = this.#stands.get(user);
    if (known !== undefined) return known;
    const stand: Stand = { user, callers: new Set(), place: undefined, timer: undefined };
    this.#stands.set(user, stand);
    return stand;
  }

  #queueUp(stand: Stand, asker: Asker): void {
    const { queue, waitMs } = this.#parts;
    const entered = queue.enter(asker, () => {
      this.#start(stand);
    });
    if (!entered.ok) {
      this.#refuse(stand, entered.rejection);
      return;
    }
    stand.place = entered.value;
    if (entered.value.hasTurn) {
      this.#start(stand);
      return;
    }
    stand.timer = setTimeout(() => {
      this.#refuse(stand, {
        code: 'limit_concurrency',
        problem: 'waited_too_long',
        limit: waitMs,
        retryAfterSeconds: QUEUE_RETRY_AFTER_SECONDS,
      });
    }, waitMs);
  }

  #refuse(stand: Stand, rejection: ConcurrencyRejection): void {
    for (const caller of stand.callers) {
      caller.deafen();
      caller.settle(refuse(rejection));
      this.#leave(caller);
    }
  }

  #start(first: Stand): void {
    this.#turn = first.place;
    first.place = undefined;
    for (const stand of this.#stands.values()) giveUp(stand);
    this.#parts.ask(this.#controller.signal).then(
      (answer) => {
        this.#handOut(answer);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  #fail(error: unknown): void {
    this.#close();
    this.#endTurn();
    for (const caller of this.#callers) {
      caller.deafen();
      caller.fail(error);
    }
    this.#callers.clear();
  }

  #handOut(answer: UpstreamAnswer): void {
    this.#close();
    // An error may come while nobody else listens.
    answer.body.on('error', () => undefined);
    answer.body.once('close', () => {
      this.#endTurn();
    });
    const callers = [...this.#callers];
    const [only] = callers;
    if (only === undefined) answer.body.destroy();
    else if (callers.length > 1 || this.#parts.listen !== undefined) this.#share(answer, callers);
    else give(only, answer);
  }

  #share(answer: UpstreamAnswer, callers: readonly Caller[]): void {
    const fanOut = new FanOut(answer.body, {
      bufferBytes: this.#parts.bufferBytes,
      holdUpMs: HOLD_UP_MS,
      onAbandoned: () => {
        this.#abandon();
      },
    });
    const branches = callers.map((caller) => [caller, fanOut.branch()] as const);
    this.#parts.listen?.(answer);
    for (const [caller, body] of branches) give(caller, { ...answer, body });
  }

  #leave(caller: Caller): void {
    const { stand } = caller;
    this.#callers.delete(caller);
    stand.callers.delete(caller);
    if (stand.callers.size === 0) {
      giveUp(stand);
      this.#stands.delete(stand.user);
    }
    if (this.#callers.size === 0) this.#abandon();
  }

  // Nobody waits for an answer any more.
  #abandon(): void {
    this.#close();
    this.#controller.abort();
    this.#endTurn();
  }

  #endTurn(): void {
    this.#turn?.leave();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.onClosed();
  }
}

function giveUp(stand: Stand): void {
  clearTimeout(stand.timer);
  stand.place?.leave();
  stand.place = undefined;
}

// From here on the body is what the caller's signal ends.
function give(caller: Caller, answer: UpstreamAnswer): void {
  const { body } = answer;
  caller.onGone = () => {
    body.destroy();
  };
  body.once('close', caller.deafen);
  caller.settle(accept(answer));
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
