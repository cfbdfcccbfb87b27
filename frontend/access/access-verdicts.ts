import type { TenantId } from '../../tenant/tenant-id.ts';
import type { Result } from '../result.ts';
import type { AccessObserver } from './access-observer.ts';
import {
  canonicalAttributes,
  canonicalIdentity,
  MAX_REMEMBERED_SPEC_BYTES,
} from './access-review-spec.ts';
import type { AccessReviewer, AccessVerdict } from './access-reviewer.ts';
import type { KubernetesAccessSettings } from './access-settings.ts';
import type { Clock } from './clock.ts';
import type { Identity } from './identity.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { RecentChanges } from './recent-changes.ts';
import type { ReviewLane } from './review-budget.ts';
import type { ReviewGate, Unavailable } from './review-gate.ts';
import { SingleFlight } from './single-flight.ts';
import { VerdictCache } from './verdict-cache.ts';

/** What {@link AccessVerdicts} asks. */
export interface AccessVerdictsDeps {
  readonly reviewer: AccessReviewer;
  readonly gate: ReviewGate;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  readonly observer: AccessObserver;
  /** Where rights changed. Whoever notes a change there also calls {@link AccessVerdicts.forget}. */
  readonly changes: RecentChanges;
}

/** One question: may this identity read in this namespace? */
export interface AccessQuestion {
  readonly identity: Identity;
  readonly namespace: TenantId;
  /** Names the question in every cache, and tells nothing. */
  readonly key: string;
  /** Whether the verdict may be remembered. */
  readonly isRemembered: boolean;
}

type Reviewed = Result<AccessVerdict, Unavailable>;

/** The verdicts on what identities may read: those remembered, and those that are asked for. */
export class AccessVerdicts {
  readonly #deps: AccessVerdictsDeps;
  readonly #settings: Pick<KubernetesAccessSettings, 'attributes' | 'cache'>;
  // The value is the namespace, by which entries are forgotten.
  readonly #allowed: VerdictCache<TenantId>;
  readonly #denied: VerdictCache<TenantId>;
  readonly #flights = new SingleFlight<Reviewed>();
  // Identities are frozen and shared by the token cache, so their long text is made once.
  readonly #texts = new WeakMap<Identity, IdentityText>();

  constructor(
    deps: AccessVerdictsDeps,
    settings: Pick<KubernetesAccessSettings, 'attributes' | 'cache'>,
  ) {
    this.#deps = deps;
    this.#settings = settings;
    this.#allowed = new VerdictCache(deps.clock, settings.cache.maxEntries);
    this.#denied = new VerdictCache(deps.clock, settings.cache.maxEntries);
  }

  /** Puts a question. */
  question(identity: Identity, namespace: TenantId): AccessQuestion {
    const who = this.#textOf(identity);
    const what = canonicalAttributes(this.#settings.attributes, namespace);
    return {
      identity,
      namespace,
      key: this.#deps.hash.digest([who.text, what]),
      isRemembered: who.bytes + utf8Bytes(what) <= MAX_REMEMBERED_SPEC_BYTES,
    };
  }

  /** Returns the verdict that is remembered, if one is. */
  lookUp({ key }: AccessQuestion): AccessVerdict | undefined {
    const isAllowed = this.#allowed.get(key) !== undefined;
    this.#deps.observer.cacheLookup('allowed', isAllowed);
    if (isAllowed) return 'allowed';
    const isDenied = this.#denied.get(key) !== undefined;
    this.#deps.observer.cacheLookup('denied', isDenied);
    return isDenied ? 'denied' : undefined;
  }

  /** Asks for a verdict and remembers it. Equal questions at one time are asked once. */
  review(question: AccessQuestion, lane: ReviewLane = 'known'): Promise<Reviewed> {
    return this.#flights.run(question.key, async () => {
      const askedAtMs = this.#deps.clock.monotonicMs();
      const { identity, namespace } = question;
      const { attributes } = this.#settings;
      const reviewed = await this.#deps.gate.run({
        kind: 'access',
        lane,
        ask: () => this.#deps.reviewer.reviewAccess({ identity, attributes, namespace }),
        outcomeOf: (verdict) => verdict,
      });
      if (reviewed.ok && question.isRemembered) this.#remember(question, reviewed.value, askedAtMs);
      return reviewed;
    });
  }

  /** Forgets every verdict about a namespace, or all of them. */
  forget(namespace?: string): void {
    const isConcerned = (it: TenantId): boolean => namespace === undefined || it === namespace;
    this.#allowed.deleteWhere(isConcerned);
    this.#denied.deleteWhere(isConcerned);
  }

  #remember({ key, namespace }: AccessQuestion, verdict: AccessVerdict, askedAtMs: number): void {
    const { allowedTtlMs, deniedTtlMs } = this.#settings.cache;
    const [cache, ttlMs] =
      verdict === 'allowed' ? [this.#allowed, allowedTtlMs] : [this.#denied, deniedTtlMs];
    cache.set(key, namespace, this.#deps.changes.limitTtl(namespace, { askedAtMs, ttlMs }));
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
