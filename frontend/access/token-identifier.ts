import { accept, refuse, type Result } from '../result.ts';
import type { Identified } from './access.ts';
import type { AccessObserver } from './access-observer.ts';
import type { KubernetesAccessSettings } from './access-settings.ts';
import type { BearerToken } from './bearer-token.ts';
import type { Clock } from './clock.ts';
import { frozenIdentity, type Identity } from './identity.ts';
import type { IssuerVerifier, LocalCheck } from './issuer-verifier.ts';
import { readUnverifiedClaims, type UnverifiedClaims } from './jwt-claims.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { AccessRejection } from './rejection.ts';
import type { ReviewGate } from './review-gate.ts';
import { SingleFlight } from './single-flight.ts';
import type { TokenReviewer, TokenVerdict } from './token-reviewer.ts';
import { VerdictCache } from './verdict-cache.ts';

/** What {@link TokenIdentifier} asks. */
export interface TokenIdentifierDeps {
  readonly reviewer: TokenReviewer;
  readonly verifier: IssuerVerifier;
  readonly gate: ReviewGate;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  readonly observer: AccessObserver;
}

/**
 * How long an authenticated token counts as known after its verdict is over, in milliseconds: its
 * next review is then not held up by a flood of made-up tokens.
 */
export const FAMILIAR_TTL_MS = 3_600_000;

type Outcome = Result<Identified, AccessRejection>;

/**
 * Finds out whose token this is: from the caches, else by the local check of the cluster's issuer,
 * which may only reject, and then by a token review.
 */
export class TokenIdentifier {
  readonly #deps: TokenIdentifierDeps;
  readonly #settings: KubernetesAccessSettings;
  readonly #authenticated: VerdictCache<Identity>;
  // Apart from the authenticated ones: a flood of bad tokens can only push out other bad tokens.
  readonly #rejected: VerdictCache<true>;
  readonly #familiar: VerdictCache<true>;
  readonly #flights = new SingleFlight<Outcome>();

  constructor(deps: TokenIdentifierDeps, settings: KubernetesAccessSettings) {
    this.#deps = deps;
    this.#settings = settings;
    const { maxEntries } = settings.cache;
    this.#authenticated = new VerdictCache(deps.clock, maxEntries);
    this.#rejected = new VerdictCache(deps.clock, maxEntries);
    this.#familiar = new VerdictCache(deps.clock, maxEntries);
  }

  /** Identifies the caller behind a token. */
  async identify(token: BearerToken): Promise<Outcome> {
    const key = this.#deps.hash.digest([token, ...this.#settings.audiences]);
    const identity = this.#authenticated.get(key);
    this.#deps.observer.cacheLookup('authenticated', identity !== undefined);
    if (identity !== undefined) return accept({ identity, source: 'cache' });
    const isRejected = this.#rejected.get(key) !== undefined;
    this.#deps.observer.cacheLookup('rejected', isRejected);
    if (isRejected) return refuse({ code: 'token_rejected' });
    return this.#flights.run(key, () => this.#review(token, key));
  }

  async #review(token: BearerToken, key: string): Promise<Outcome> {
    const claims = readUnverifiedClaims(token);
    const local = await this.#checkLocally(token, claims?.issuer);
    // Not remembered: checking again costs less than a place in the cache.
    if (local === 'rejected') return refuse({ code: 'token_rejected' });
    const isKnown = local === 'passed' || this.#familiar.get(key) !== undefined;
    const reviewed = await this.#deps.gate.run({
      kind: 'token',
      lane: isKnown ? 'known' : 'unknown',
      ask: () => this.#deps.reviewer.reviewToken(token, this.#settings.audiences),
      outcomeOf: (verdict) => verdict.kind,
    });
    return reviewed.ok ? this.#remember(key, claims, reviewed.value) : reviewed;
  }

  async #checkLocally(token: BearerToken, issuer: string | undefined): Promise<LocalCheck> {
    const outcome =
      issuer === undefined ? 'not_applicable' : await this.#deps.verifier.checkToken(token, issuer);
    this.#deps.observer.localCheckFinished(outcome);
    return outcome;
  }

  #remember(key: string, claims: UnverifiedClaims | undefined, verdict: TokenVerdict): Outcome {
    const { cache, audiences } = this.#settings;
    if (verdict.kind === 'rejected' || !isMeantFor(verdict.audiences, audiences)) {
      this.#familiar.delete(key);
      this.#rejected.set(key, true, cache.rejectedTtlMs);
      return refuse({ code: 'token_rejected' });
    }
    const identity = frozenIdentity(verdict.identity);
    const restMs = (claims?.expiresAtMs ?? Infinity) - this.#deps.clock.wallMs();
    this.#authenticated.set(key, identity, Math.min(cache.authenticatedTtlMs, restMs));
    this.#familiar.set(key, true, FAMILIAR_TTL_MS);
    return accept({ identity, source: 'live' });
  }
}

// A reviewer that does not know audiences names none, and then the token may be anybody's.
function isMeantFor(answered: readonly string[], requested: readonly string[]): boolean {
  return requested.length === 0 || requested.some((audience) => answered.includes(audience));
}
