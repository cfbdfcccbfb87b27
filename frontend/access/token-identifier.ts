import { accept, refuse, type Result } from '../result.ts';
import type { Identified, VerdictSource } from './access.ts';
import type { AccessObserver } from './access-observer.ts';
import type { KubernetesAccessSettings } from './access-settings.ts';
import type { BearerToken } from './bearer-token.ts';
import type { Clock } from './clock.ts';
import { frozenIdentity, type Identity, serviceAccountNamespace } from './identity.ts';
import type { IssuerVerifier, LocalCheck } from './issuer-verifier.ts';
import { readUnverifiedClaims, type UnverifiedClaims } from './jwt-claims.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { OidcVerifier } from './oidc-verifier.ts';
import { RecentChanges, TOKENS_SETTLING } from './recent-changes.ts';
import type { AccessRejection } from './rejection.ts';
import type { ReviewGate } from './review-gate.ts';
import { SingleFlight } from './single-flight.ts';
import type { TokenReviewer, TokenVerdict } from './token-reviewer.ts';
import { VerdictCache } from './verdict-cache.ts';

/** What {@link TokenIdentifier} asks. */
export interface TokenIdentifierDeps {
  readonly reviewer: TokenReviewer;
  readonly verifier: IssuerVerifier;
  readonly oidcVerifier: OidcVerifier;
  readonly gate: ReviewGate;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  readonly observer: AccessObserver;
}

/**
 * How long an authenticated token counts as known after its verdict is over, in milliseconds: its
 * next review is then not held up by a flood of made-up tokens.
 */
const FAMILIAR_TTL_MS = 3_600_000;

/** When to ask again after a token whose issuer's keys could not be read. */
const KEYS_RETRY_AFTER_SECONDS = 5;

interface TokenQuestion {
  readonly token: BearerToken;
  /** Names the token in every cache, and tells nothing. */
  readonly key: string;
  readonly claims: UnverifiedClaims | undefined;
  readonly askedAtMs: number;
}

type Outcome = Result<Identified, AccessRejection>;

/**
 * Finds out whose token this is: from the caches; else, for a token of a configured issuer, by that
 * issuer's keys alone; else by the local check of the cluster's issuer, which may only reject, and
 * then by a token review.
 */
export class TokenIdentifier {
  readonly #deps: TokenIdentifierDeps;
  readonly #settings: KubernetesAccessSettings;
  readonly #authenticated: VerdictCache<Identity>;
  // Apart from the authenticated ones: a flood of bad tokens can only push out other bad tokens.
  readonly #rejected: VerdictCache<true>;
  readonly #familiar: VerdictCache<true>;
  readonly #flights = new SingleFlight<Outcome>();
  readonly #changes: RecentChanges;

  constructor(deps: TokenIdentifierDeps, settings: KubernetesAccessSettings) {
    this.#deps = deps;
    this.#settings = settings;
    const { maxEntries } = settings.cache;
    this.#authenticated = new VerdictCache(deps.clock, maxEntries);
    this.#rejected = new VerdictCache(deps.clock, maxEntries);
    this.#familiar = new VerdictCache(deps.clock, maxEntries);
    this.#changes = new RecentChanges(deps.clock, TOKENS_SETTLING);
  }

  /**
   * Forgets the tokens of a ServiceAccount that changed, or those of every ServiceAccount.
   */
  forget(account?: { readonly namespace: string; readonly name: string }): void {
    this.#changes.note(account?.namespace);
    const isConcerned =
      account === undefined
        ? (identity: Identity) => serviceAccountNamespace(identity) !== undefined
        : ({ username }: Identity) =>
            username === `system:serviceaccount:${account.namespace}:${account.name}`;
    this.#authenticated.deleteWhere(isConcerned);
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
    return this.#flights.run(key, () => this.#findOut(token, key));
  }

  #findOut(token: BearerToken, key: string): Promise<Outcome> {
    const claims = readUnverifiedClaims(token);
    const issuer = claims?.issuer;
    const question = { token, key, claims, askedAtMs: this.#deps.clock.monotonicMs() };
    return issuer !== undefined && this.#deps.oidcVerifier.knowsIssuer(issuer)
      ? this.#verify(question, issuer)
      : this.#review(question);
  }

  async #verify(question: TokenQuestion, issuer: string): Promise<Outcome> {
    const { observer, oidcVerifier } = this.#deps;
    const verdict = await oidcVerifier.verifyToken(question.token, issuer);
    switch (verdict.kind) {
      case 'authenticated':
        observer.localCheckFinished('passed');
        return this.#accept(question, verdict.identity, 'issuer');
      case 'rejected':
        observer.localCheckFinished('rejected');
        return refuse({ code: 'token_rejected' });
      case 'unknown':
        observer.localCheckFinished('not_applicable');
        return refuse({
          code: 'access_review_unavailable',
          retryAfterSeconds: KEYS_RETRY_AFTER_SECONDS,
        });
      default:
        return verdict satisfies never;
    }
  }

  async #review(question: TokenQuestion): Promise<Outcome> {
    const { token, key } = question;
    const local = await this.#checkLocally(token, question.claims?.issuer);
    // Not remembered: checking again costs less than a place in the cache.
    if (local === 'rejected') return refuse({ code: 'token_rejected' });
    const isKnown = local === 'passed' || this.#familiar.get(key) !== undefined;
    const reviewed = await this.#deps.gate.run({
      kind: 'token',
      lane: isKnown ? 'known' : 'unknown',
      ask: () => this.#deps.reviewer.reviewToken(token, this.#settings.audiences),
      outcomeOf: (verdict) => verdict.kind,
    });
    return reviewed.ok ? this.#remember(question, reviewed.value) : reviewed;
  }

  async #checkLocally(token: BearerToken, issuer: string | undefined): Promise<LocalCheck> {
    const outcome =
      issuer === undefined ? 'not_applicable' : await this.#deps.verifier.checkToken(token, issuer);
    this.#deps.observer.localCheckFinished(outcome);
    return outcome;
  }

  #remember(question: TokenQuestion, verdict: TokenVerdict): Outcome {
    const { key } = question;
    const { cache, audiences } = this.#settings;
    if (verdict.kind === 'rejected' || !isMeantFor(verdict.audiences, audiences)) {
      this.#familiar.delete(key);
      this.#rejected.set(key, true, cache.rejectedTtlMs);
      return refuse({ code: 'token_rejected' });
    }
    this.#familiar.set(key, true, FAMILIAR_TTL_MS);
    return this.#accept(question, verdict.identity, 'live');
  }

  #accept(question: TokenQuestion, found: Identity, source: VerdictSource): Outcome {
    const identity = frozenIdentity(found);
    const restMs = (question.claims?.expiresAtMs ?? Infinity) - this.#deps.clock.wallMs();
    const ttlMs = Math.min(this.#settings.cache.authenticatedTtlMs, restMs);
    this.#authenticated.set(question.key, identity, this.#limitTtl(identity, question, ttlMs));
    return accept({ identity, source });
  }

  #limitTtl(identity: Identity, { askedAtMs }: TokenQuestion, ttlMs: number): number {
    const namespace = serviceAccountNamespace(identity);
    return namespace === undefined
      ? ttlMs
      : this.#changes.limitTtl(namespace, { askedAtMs, ttlMs });
  }
}

// A reviewer that does not know audiences names none, and then the token may be anybody's.
function isMeantFor(answered: readonly string[], requested: readonly string[]): boolean {
  return requested.length === 0 || requested.some((audience) => answered.includes(audience));
}
