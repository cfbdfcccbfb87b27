import { Fault } from '../fault.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AccessObserver, ReviewKind, ReviewOutcome } from './access-observer.ts';
import type { Clock } from './clock.ts';
import type { AccessRejection } from './rejection.ts';
import {
  MAX_THROTTLE_MS,
  type ReviewBudget,
  type ReviewLane,
  type ReviewTicket,
} from './review-budget.ts';

/** The one rejection that says: nobody could be asked. */
export type Unavailable = Extract<AccessRejection, { code: 'access_review_unavailable' }>;

/** One call to a reviewer. */
export interface Review<V> {
  readonly kind: ReviewKind;
  readonly lane: ReviewLane;
  /** Asks the reviewer. It may throw a Fault, which means no verdict. */
  ask(): Promise<V>;
  /** Names the verdict, for the observer. */
  outcomeOf(verdict: V): ReviewOutcome;
}

/** The only way to a reviewer: within the budget, measured, and with faults turned into refusals. */
export class ReviewGate {
  readonly #budget: ReviewBudget;
  readonly #clock: Clock;
  readonly #observer: AccessObserver;

  constructor(budget: ReviewBudget, clock: Clock, observer: AccessObserver) {
    this.#budget = budget;
    this.#clock = clock;
    this.#observer = observer;
  }

  /** Whether the budget has room for a review now. Where it does not, waiting a little helps. */
  hasRoom(lane: ReviewLane): boolean {
    return this.#budget.hasRoom(lane);
  }

  /** Runs a review. Without a verdict the answer is a refusal, and a defect is thrown on. */
  async run<V>(review: Review<V>): Promise<Result<V, Unavailable>> {
    const admitted = this.#budget.admit(review.lane);
    if (!admitted.ok) {
      this.#observer.reviewWithheld(review.kind, admitted.rejection.reason);
      return refuse(unavailable(admitted.rejection.retryAfterSeconds));
    }
    return this.#ask(review, admitted.value);
  }

  async #ask<V>(review: Review<V>, ticket: ReviewTicket): Promise<Result<V, Unavailable>> {
    const startedMs = this.#clock.monotonicMs();
    const secondsSince = (): number => (this.#clock.monotonicMs() - startedMs) / 1_000;
    let verdict: V;
    try {
      verdict = await review.ask();
    } catch (error) {
      const fault = error instanceof Fault ? error : undefined;
      ticket.failed(fault);
      this.#observer.reviewFinished(review.kind, 'fault', secondsSince());
      if (fault === undefined) throw error;
      this.#observer.reviewFaulted(review.kind, fault);
      return refuse(unavailable(secondsToWait(fault)));
    }
    ticket.answered();
    this.#observer.reviewFinished(review.kind, review.outcomeOf(verdict), secondsSince());
    return accept(verdict);
  }
}

function unavailable(retryAfterSeconds: number): Unavailable {
  return { code: 'access_review_unavailable', retryAfterSeconds };
}

function secondsToWait(fault: Fault): number {
  const waitMs = Math.min(fault.retryAfterMs ?? 0, MAX_THROTTLE_MS);
  return Math.max(1, Math.ceil(waitMs / 1_000));
}
