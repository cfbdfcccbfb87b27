import type { Fault } from '../fault.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { Clock } from './clock.ts';
import { TokenBucket } from './token-bucket.ts';

/** How many reviews the API server may be asked for. */
export interface ReviewBudgetSettings {
  /** Reviews that may wait for an answer at once. At least 1. */
  readonly maxInFlight: number;
  /** Reviews that may be started per second, in all. At least 1. */
  readonly reviewsPerSecond: number;
  /** Of these, reviews of tokens about which nothing is known yet. At least 1. */
  readonly unknownTokensPerSecond: number;
}

/**
 * Which share of the budget a review draws on. `known`: the token was authenticated before or has
 * a valid signature of the cluster. `unknown`: anybody may have made it up. `survey`: one of the
 * many reviews of a request that names no tenant.
 */
export type ReviewLane = 'known' | 'unknown' | 'survey';

/** Why a review was not started. */
export type WithheldReason = 'throttled' | 'failing' | 'in_flight' | 'rate';

/** A review that was not started, and when asking again makes sense. */
export interface Withheld {
  readonly reason: WithheldReason;
  /** At least 1. */
  readonly retryAfterSeconds: number;
}

/** Permission for one review. Exactly one of its methods must be called, once, when it ended. */
export interface ReviewTicket {
  /** The API server gave a verdict. */
  answered(): void;
  /** The review failed. Pass the fault if it is one; a defect says nothing about the API server. */
  failed(fault: Fault | undefined): void;
}

/** Longest time that a Retry-After of the API server is obeyed, in milliseconds. */
export const MAX_THROTTLE_MS = 60_000;
/** Faults in a row after which only one review at a time tries whether the API server is back. */
export const FAULTS_UNTIL_FAILING = 5;
/** Pause between such attempts, in milliseconds. */
export const FAILING_PAUSE_MS = 1_000;

// Unknown tokens may hold a quarter of the places, so that a flood of them cannot hold all while
// the API server is slow.
const UNKNOWN_SHARE = 4;
// Surveys may use half of the budget, in places and in reviews per second.
const SURVEY_SHARE = 2;

interface Lane {
  readonly maxInFlight: number;
  readonly buckets: readonly TokenBucket[];
  inFlight: number;
  faultsInRow: number;
  pausedUntilMs: number;
}

/**
 * Keeps the reviews that we ask for within bounds, and leaves the API server alone when it asks
 * for that or does not answer.
 *
 * Nothing waits here: what is over the budget is refused at once, because a queue in front of a
 * slow API server only makes every caller late.
 */
export class ReviewBudget {
  readonly #clock: Clock;
  readonly #maxInFlight: number;
  readonly #lanes: Readonly<Record<ReviewLane, Lane>>;
  #throttledUntilMs = -Infinity;

  constructor(clock: Clock, settings: ReviewBudgetSettings) {
    this.#clock = clock;
    this.#maxInFlight = settings.maxInFlight;
    const all = new TokenBucket(clock, settings.reviewsPerSecond);
    const unknown = new TokenBucket(clock, settings.unknownTokensPerSecond);
    const survey = new TokenBucket(clock, part(settings.reviewsPerSecond, SURVEY_SHARE));
    this.#lanes = {
      known: lane(settings.maxInFlight, [all]),
      unknown: lane(part(settings.maxInFlight, UNKNOWN_SHARE), [all, unknown]),
      survey: lane(part(settings.maxInFlight, SURVEY_SHARE), [all, survey]),
    };
  }

  /** Whether a review would be admitted now, or refused for another reason than want of room. */
  hasRoom(laneName: ReviewLane): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#throttledUntilMs) return true;
    const reason = this.#reasonToWithhold(this.#lanes[laneName], nowMs);
    return reason !== 'in_flight' && reason !== 'rate';
  }

  /** Admits one review, or says why not and for how long. */
  admit(laneName: ReviewLane): Result<ReviewTicket, Withheld> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#throttledUntilMs) {
      const seconds = Math.ceil((this.#throttledUntilMs - nowMs) / 1_000);
      return refuse({ reason: 'throttled', retryAfterSeconds: seconds });
    }
    const chosen = this.#lanes[laneName];
    const reason = this.#reasonToWithhold(chosen, nowMs);
    if (reason !== undefined) return refuse({ reason, retryAfterSeconds: 1 });
    for (const bucket of chosen.buckets) bucket.takeOne();
    chosen.inFlight += 1;
    return accept(this.#ticket(chosen));
  }

  #reasonToWithhold(chosen: Lane, nowMs: number): WithheldReason | undefined {
    const isFailing = chosen.faultsInRow >= FAULTS_UNTIL_FAILING;
    if (isFailing && (nowMs < chosen.pausedUntilMs || chosen.inFlight > 0)) return 'failing';
    const { known, unknown, survey } = this.#lanes;
    const inFlight = known.inFlight + unknown.inFlight + survey.inFlight;
    if (inFlight >= this.#maxInFlight || chosen.inFlight >= chosen.maxInFlight) return 'in_flight';
    return chosen.buckets.every((bucket) => bucket.hasOne()) ? undefined : 'rate';
  }

  #ticket(chosen: Lane): ReviewTicket {
    return {
      answered: () => {
        chosen.inFlight -= 1;
        chosen.faultsInRow = 0;
      },
      failed: (fault) => {
        chosen.inFlight -= 1;
        if (fault !== undefined) this.#notice(chosen, fault);
      },
    };
  }

  #notice(chosen: Lane, fault: Fault): void {
    const nowMs = this.#clock.monotonicMs();
    if (fault.retryAfterMs !== undefined) {
      const untilMs = nowMs + Math.min(fault.retryAfterMs, MAX_THROTTLE_MS);
      this.#throttledUntilMs = Math.max(this.#throttledUntilMs, untilMs);
    } else if (fault.retryable) {
      chosen.faultsInRow += 1;
      chosen.pausedUntilMs = nowMs + FAILING_PAUSE_MS;
    }
  }
}

function part(whole: number, share: number): number {
  return Math.max(1, Math.floor(whole / share));
}

function lane(maxInFlight: number, buckets: readonly TokenBucket[]): Lane {
  return { maxInFlight, buckets, inFlight: 0, faultsInRow: 0, pausedUntilMs: -Infinity };
}
