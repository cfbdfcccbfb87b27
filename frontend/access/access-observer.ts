import type { Fault } from '../fault.ts';
import type { LocalCheck } from './issuer-verifier.ts';
import type { WithheldReason } from './review-budget.ts';

/**
 * Hears what access decisions cost and how they end. Its values come from small closed sets, so
 * each can be a metric label. A method must not throw.
 */
export interface AccessObserver {
  /** A verdict was looked up in a cache. */
  cacheLookup(cache: VerdictCacheName, hit: boolean): void;
  /** A token went through the local check: that of the cluster's issuer or of its own issuer. */
  localCheckFinished(outcome: LocalCheck): void;
  /** A review came back, or failed, after `seconds`. */
  reviewFinished(kind: ReviewKind, outcome: ReviewOutcome, seconds: number): void;
  /** A review ended without a verdict. Called besides `reviewFinished`, for the log. */
  reviewFaulted(kind: ReviewKind, fault: Fault): void;
  /** A review was not started, because the budget or the API server forbids it now. */
  reviewWithheld(kind: ReviewKind, reason: WithheldReason): void;
  /** The keys of the cluster's issuer were read, or could not be. */
  issuerKeysRefreshed(outcome: 'read' | 'failed'): void;
  /** What is followed at the API server is followed now, or no longer. */
  watchChanged(watch: WatchName, isFollowing: boolean): void;
}

/** What is followed at the API server. */
export type WatchName = 'rights' | 'namespaces';

/** The caches of verdicts. */
export type VerdictCacheName = 'authenticated' | 'rejected' | 'allowed' | 'denied';

/** What was reviewed. */
export type ReviewKind = 'token' | 'access';

/** How a review ended. `fault`: without a verdict. */
export type ReviewOutcome = 'authenticated' | 'rejected' | 'allowed' | 'denied' | 'fault';

/** Hears nothing. */
export const SILENT_OBSERVER: AccessObserver = {
  cacheLookup: () => undefined,
  localCheckFinished: () => undefined,
  reviewFinished: () => undefined,
  reviewFaulted: () => undefined,
  reviewWithheld: () => undefined,
  issuerKeysRefreshed: () => undefined,
  watchChanged: () => undefined,
};
