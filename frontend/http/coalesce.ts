import type { CoalescingConfig, ConcurrencyConfig } from '../config/limits.ts';
import type { Clock } from '../limits/clock.ts';
import { type Asker, FairQueue } from '../limits/fair-queue.ts';
import type { ConcurrencyRejection } from '../limits/rejection.ts';
import { AnswerCache } from './coalesce-cache.ts';
import { Flight } from './coalesce-flight.ts';
import type { UpstreamRequest } from './forward.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';

/** Where an answer came from: a request of its own, one that was under way, or the cache. */
export type AnswerSource = 'upstream' | 'joined' | 'cache';

/** Thrown where there is no turn for a request: a refusal, on its way through a port that has none. */
export class TurnRefused extends Error {
  override readonly name: string = 'TurnRefused';
  /** What the caller is told. */
  readonly rejection: ConcurrencyRejection;

  constructor(rejection: ConcurrencyRejection) {
    super(rejection.problem);
    this.rejection = rejection;
  }
}

/** How an upstream is shared. */
export interface SharedUpstreamParts {
  readonly clock: Clock;
  readonly concurrency: ConcurrencyConfig;
  readonly coalescing: CoalescingConfig;
  /** Age at which a request under way takes no more callers, in milliseconds. */
  readonly joinableMs: number;
  readonly onAnswer: (source: AnswerSource) => void;
  /** Hears how long a request waited for its turn. */
  readonly onTurn: (waitedMs: number) => void;
}

interface UnderWay {
  readonly flight: Flight;
  readonly startedAtMs: number;
}

/**
 * An upstream as many callers share it: each gets its turn, and equal reads one answer.
 *
 * Two reads are equal when path and form are, byte by byte, for the same set of namespaces. The
 * form holds the scoped PromQL, whose matchers name the namespaces too, so an answer can reach
 * callers only who were granted the very scope it was asked for. Requests that change something
 * take their turn and share nothing.
 */
export class SharedUpstream {
  readonly #upstream: Upstream;
  readonly #parts: SharedUpstreamParts;
  readonly #queue: FairQueue;
  readonly #cache: AnswerCache;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(upstream: Upstream, parts: SharedUpstreamParts) {
    this.#upstream = upstream;
    this.#parts = parts;
    this.#queue = new FairQueue(parts.concurrency);
    const { cacheTtlMs, cacheBytes } = parts.coalescing;
    this.#cache = new AnswerCache(parts.clock, { ttlMs: cacheTtlMs, maxBytes: cacheBytes });
  }

  /** Requests that the upstream works on, and callers' requests that wait for their turn. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#queue.running, waiting: this.#queue.waiting };
  }

  /**
   * Sends a request when its turn comes, or takes part in an equal one that is under way.
   *
   * @param asker - Whose namespaces are read, and for whom.
   * @param signal - Ends the part of this caller, at any time until its body has ended. The request
   *   goes on while others want its answer.
   * @throws What {@link Upstream.send} throws, {@link TurnRefused}, or the reason of `signal`.
   */
  async send(request: UpstreamRequest, asker: Asker, signal: AbortSignal): Promise<UpstreamAnswer> {
    signal.throwIfAborted();
    // A change is never the same as another one.
    const key = request.write === undefined ? keyOf(request, asker) : undefined;
    const remembered = key === undefined ? undefined : this.#cache.get(key);
    if (remembered !== undefined) {
      this.#parts.onAnswer('cache');
      return remembered;
    }
    const joined = key === undefined ? undefined : this.#joinable(key);
    const answer = await (joined ?? this.#start(key, request)).join(asker, signal);
    if (!answer.ok) throw new TurnRefused(answer.rejection);
    this.#parts.onAnswer(joined === undefined ? 'upstream' : 'joined');
    return answer.value;
  }

  // A request that does not get its answer must not be kept alive by ever new callers.
  #joinable(key: string): Flight | undefined {
    const underWay = this.#underWay.get(key);
    if (underWay === undefined) return undefined;
    const ageMs = this.#parts.clock.monotonicMs() - underWay.startedAtMs;
    return ageMs < this.#parts.joinableMs ? underWay.flight : undefined;
  }

  #start(key: string | undefined, request: UpstreamRequest): Flight {
    const { clock, concurrency, coalescing, onTurn } = this.#parts;
    const startedAtMs = clock.monotonicMs();
    const flight = new Flight({
      queue: this.#queue,
      waitMs: concurrency.waitMs,
      bufferBytes: coalescing.bufferBytes,
      ask: (signal) => {
        onTurn(clock.monotonicMs() - startedAtMs);
        return this.#upstream.send(request, signal);
      },
      listen:
        key === undefined || !this.#cache.isOn
          ? undefined
          : (answer) => {
              this.#cache.listen(key, answer);
            },
      onClosed: () => {
        if (key === undefined || this.#underWay.get(key)?.flight !== flight) return;
        this.#underWay.delete(key);
      },
    });
    if (key !== undefined && coalescing.enabled) {
      this.#underWay.set(key, { flight, startedAtMs });
    }
    return flight;
  }
}

// No name of a namespace or a user has a line break, and no path a question mark.
function keyOf({ path, form }: UpstreamRequest, { tenant }: Asker): string {
  return `${tenant}\n${path}?${form}`;
}
