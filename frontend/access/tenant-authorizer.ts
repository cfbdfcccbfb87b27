import { TenantScope } from '../../tenant/tenant-scope.ts';
import type { TenantId } from '../../tenant/tenant-id.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { Authorized } from './access.ts';
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
import { mapInParallel } from './map-in-parallel.ts';
import type { AccessRejection } from './rejection.ts';
import type { ReviewGate, Unavailable } from './review-gate.ts';
import { SingleFlight } from './single-flight.ts';
import { VerdictCache } from './verdict-cache.ts';

/** What {@link TenantAuthorizer} asks. */
export interface TenantAuthorizerDeps {
  readonly reviewer: AccessReviewer;
  readonly gate: ReviewGate;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  readonly observer: AccessObserver;
}

/** Reviews that one request may have in flight at once. */
export const MAX_PARALLEL_REVIEWS = 8;

type Reviewed = Result<AccessVerdict, Unavailable>;

interface Question {
  readonly tenant: TenantId;
  readonly key: string;
  readonly isRemembered: boolean;
}

/**
 * Grants a scope when the API server allows the same access in the namespace of every tenant.
 *
 * One denial refuses the whole request, and so does one review without a verdict.
 */
export class TenantAuthorizer {
  readonly #deps: TenantAuthorizerDeps;
  readonly #settings: KubernetesAccessSettings;
  readonly #allowed: VerdictCache<true>;
  readonly #denied: VerdictCache<true>;
  readonly #flights = new SingleFlight<Reviewed>();
  // Identities are frozen and shared by the token cache, so their long text is made once.
  readonly #texts = new WeakMap<Identity, IdentityText>();

  constructor(deps: TenantAuthorizerDeps, settings: KubernetesAccessSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#allowed = new VerdictCache(deps.clock, settings.cache.maxEntries);
    this.#denied = new VerdictCache(deps.clock, settings.cache.maxEntries);
  }

  /** Grants a scope over all of `tenants`, or names the first of them that is denied. */
  async authorize(
    identity: Identity,
    tenants: readonly TenantId[],
  ): Promise<Result<Authorized, AccessRejection>> {
    const scope = (source: Authorized['source']): Result<Authorized, AccessRejection> =>
      accept({ scope: TenantScope.grant(this.#settings.tenancyLabel, tenants), source });
    const open: Question[] = [];
    // Every cache is asked before anyone else is, so that a denial known already costs no review.
    for (const tenant of new Set(tenants)) {
      const question = this.#question(identity, tenant);
      const verdict = this.#lookUp(question.key);
      if (verdict === 'denied') return refuse({ code: 'tenant_denied', tenant });
      if (verdict === undefined) open.push(question);
    }
    if (open.length === 0) return scope('cache');
    const refusal = await this.#reviewAll(identity, open);
    return refusal === undefined ? scope('live') : refuse(refusal);
  }

  async #reviewAll(
    identity: Identity,
    questions: readonly Question[],
  ): Promise<AccessRejection | undefined> {
    const answers = await mapInParallel(questions, {
      limit: MAX_PARALLEL_REVIEWS,
      map: async (question) => ({
        tenant: question.tenant,
        reviewed: await this.#reviewShared(identity, question),
      }),
      isLast: ({ reviewed }) => !reviewed.ok || reviewed.value !== 'allowed',
    });
    // A denial is final and a missing verdict is not, so the denial is what the caller should know.
    const denied = answers.find(({ reviewed }) => reviewed.ok && reviewed.value !== 'allowed');
    if (denied !== undefined) return { code: 'tenant_denied', tenant: denied.tenant };
    for (const { reviewed } of answers) if (!reviewed.ok) return reviewed.rejection;
    return undefined;
  }

  #reviewShared(identity: Identity, question: Question): Promise<Reviewed> {
    return this.#flights.run(question.key, async () => {
      const { attributes } = this.#settings;
      const reviewed = await this.#deps.gate.run({
        kind: 'access',
        lane: 'known',
        ask: () =>
          this.#deps.reviewer.reviewAccess({ identity, attributes, tenant: question.tenant }),
        outcomeOf: (verdict) => verdict,
      });
      if (reviewed.ok && question.isRemembered) this.#remember(question.key, reviewed.value);
      return reviewed;
    });
  }

  #remember(key: string, verdict: AccessVerdict): void {
    const { allowedTtlMs, deniedTtlMs } = this.#settings.cache;
    if (verdict === 'allowed') this.#allowed.set(key, true, allowedTtlMs);
    else this.#denied.set(key, true, deniedTtlMs);
  }

  #lookUp(key: string): AccessVerdict | undefined {
    const isAllowed = this.#allowed.get(key) !== undefined;
    this.#deps.observer.cacheLookup('allowed', isAllowed);
    if (isAllowed) return 'allowed';
    const isDenied = this.#denied.get(key) !== undefined;
    this.#deps.observer.cacheLookup('denied', isDenied);
    return isDenied ? 'denied' : undefined;
  }

  #question(identity: Identity, tenant: TenantId): Question {
    const who = this.#textOf(identity);
    const what = canonicalAttributes(this.#settings.attributes, tenant);
    return {
      tenant,
      key: this.#deps.hash.digest([who.text, what]),
      isRemembered: who.bytes + utf8Bytes(what) <= MAX_REMEMBERED_SPEC_BYTES,
    };
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
