import type { Result } from '../result.ts';
import type { AccessObserver } from './access-observer.ts';
import { canonicalIdentity, MAX_REMEMBERED_SPEC_BYTES } from './access-review-spec.ts';
import type { AccessVerdict } from './access-reviewer.ts';
import type { VerdictCacheSettings } from './access-settings.ts';
import type { Clock } from './clock.ts';
import type { Identity } from './identity.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { RecentChanges } from './recent-changes.ts';
import type { ReviewLane } from './review-budget.ts';
import type { ReviewGate, Unavailable } from './review-gate.ts';
import { SingleFlight } from './single-flight.ts';
import { VerdictCache } from './verdict-cache.ts';

/** What {@link RememberedVerdicts} needs. */
export interface RememberedVerdictsDeps {
  readonly gate: ReviewGate;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  readonly observer: AccessObserver;
  /** Where rights changed. Whoever notes a change there also forgets what is remembered. */
  readonly changes: RecentChanges;
}

/** One question, as far as remembering it goes. */
export interface KeyedQuestion {
  readonly identity: Identity;
  /** Names the question in every cache, and tells nothing. */
  readonly key: string;
  /** Whether the verdict may be remembered. */
  readonly isRemembered: boolean;
}

/** How a question is put when nothing is remembered. */
export interface Asking<P> {
  /** What the verdict is about: by it the verdict is forgotten. */
  readonly about: P;
  /** The namespace whose changes concern the verdict, where it is about one. */
  readonly namespace?: string;
  readonly lane: ReviewLane;
  /** Asks the authority. */
  readonly ask: () => Promise<AccessVerdict>;
}

/** What a review comes to. */
export type Reviewed = Result<AccessVerdict, Unavailable>;

/** The verdicts on one kind of question: those remembered, and those that are asked for. */
export class RememberedVerdicts<P extends string | true> {
  readonly #deps: RememberedVerdictsDeps;
  readonly #settings: VerdictCacheSettings;
  readonly #allowed: VerdictCache<P>;
  readonly #denied: VerdictCache<P>;
  readonly #flights = new SingleFlight<Reviewed>();
  // Identities are frozen and shared by the token cache, so their long text is made once.
  readonly #texts = new WeakMap<Identity, IdentityText>();

  constructor(deps: RememberedVerdictsDeps, settings: VerdictCacheSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#allowed = new VerdictCache(deps.clock, settings.maxEntries);
    this.#denied = new VerdictCache(deps.clock, settings.maxEntries);
  }

  /**
   * Puts a question.
   *
   * @param what - What is asked, apart from who, in one form that no other question has.
   */
  question(identity: Identity, what: string): KeyedQuestion {
    const who = this.#textOf(identity);
    return {
      identity,
      key: this.#deps.hash.digest([who.text, what]),
      isRemembered: who.bytes + utf8Bytes(what) <= MAX_REMEMBERED_SPEC_BYTES,
    };
  }

  /** Returns the verdict that is remembered, if one is. */
  lookUp({ key }: KeyedQuestion): AccessVerdict | undefined {
    const isAllowed = this.#allowed.get(key) !== undefined;
    this.#deps.observer.cacheLookup('allowed', isAllowed);
    if (isAllowed) return 'allowed';
    const isDenied = this.#denied.get(key) !== undefined;
    this.#deps.observer.cacheLookup('denied', isDenied);
    return isDenied ? 'denied' : undefined;
  }

  /** Asks for a verdict and remembers it. Equal questions at one time are asked once. */
  review(question: KeyedQuestion, asking: Asking<P>): Promise<Reviewed> {
    return this.#flights.run(question.key, async () => {
      const askedAtMs = this.#deps.clock.monotonicMs();
      const { lane, ask } = asking;
      const reviewed = await this.#deps.gate.run({
        kind: 'access',
        lane,
        ask,
        outcomeOf: (verdict) => verdict,
      });
      if (reviewed.ok && question.isRemembered) {
        this.#remember(question.key, asking, reviewed.value, askedAtMs);
      }
      return reviewed;
    });
  }

  /** Forgets every verdict that is about such a thing. */
  forget(isConcerned: (about: P) => boolean): void {
    this.#allowed.deleteWhere(isConcerned);
    this.#denied.deleteWhere(isConcerned);
  }

  #remember(
    key: string,
    { about, namespace }: Asking<P>,
    verdict: AccessVerdict,
    askedAtMs: number,
  ): void {
    const { allowedTtlMs, deniedTtlMs } = this.#settings;
    const [cache, ttlMs] =
      verdict === 'allowed' ? [this.#allowed, allowedTtlMs] : [this.#denied, deniedTtlMs];
    cache.set(key, about, this.#deps.changes.limitTtl(namespace, { askedAtMs, ttlMs }));
  }

  #textOf(identity: Identity): IdentityText {
    const known = this.#texts.get(identity);
    if (known !== undefined) return known;
    const text = canonicalIdentity(identity);
    const made = { text, bytes: utf8Bytes(text) };
    if (Object.isFrozen(identity)) this.#texts.set(identity, made);
    return made;
  }
}

interface IdentityText {
  readonly text: string;
  readonly bytes: number;
}

const encoder = new TextEncoder();

function utf8Bytes(text: string): number {
  return encoder.encode(text).byteLength;
}
