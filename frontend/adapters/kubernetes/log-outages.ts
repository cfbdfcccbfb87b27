import type { AccessObserver } from '../../access/access-observer.ts';
import type { Log } from '../../http/log.ts';

/**
 * Wraps an observer so that the log says when reviews begin to fail and when they work again: two
 * lines for an outage, however many requests it meets.
 */
export function logOutages(observer: AccessObserver, log: Log): AccessObserver {
  let failingWith: string | undefined;
  return {
    cacheLookup: (cache, hit) => {
      observer.cacheLookup(cache, hit);
    },
    localCheckFinished: (outcome) => {
      observer.localCheckFinished(outcome);
    },
    reviewWithheld: (kind, reason) => {
      observer.reviewWithheld(kind, reason);
    },
    issuerKeysRefreshed: (outcome) => {
      observer.issuerKeysRefreshed(outcome);
    },
    watchChanged: (watch, isFollowing) => {
      observer.watchChanged(watch, isFollowing);
    },
    reviewFinished: (kind, outcome, seconds) => {
      observer.reviewFinished(kind, outcome, seconds);
      if (outcome === 'fault' || failingWith === undefined) return;
      failingWith = undefined;
      log('info', 'access_reviews_answered_again');
    },
    reviewFaulted: (kind, fault) => {
      observer.reviewFaulted(kind, fault);
      if (failingWith === fault.code) return;
      failingWith = fault.code;
      log('warn', 'access_reviews_failing', { kind, code: fault.code, error: fault });
    },
  };
}
