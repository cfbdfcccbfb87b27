import type { TenantId } from '../../tenant/tenant-id.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { VerdictSource } from './access.ts';
import { canonicalIdentity } from './access-review-spec.ts';
import type { AccessVerdict } from './access-reviewer.ts';
import type { AccessQuestion, AccessVerdicts } from './access-verdicts.ts';
import type { AllNamespacesSettings } from './access-settings.ts';
import type { Clock } from './clock.ts';
import type { Identity } from './identity.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { mapInParallel } from './map-in-parallel.ts';
import type { RecentChanges } from './recent-changes.ts';
import type { AccessRejection } from './rejection.ts';
import type { ReviewGate, Unavailable } from './review-gate.ts';
import { SingleFlight } from './single-flight.ts';
import type { TenantDirectory, TenantMap } from './tenant-map.ts';
import { VerdictCache } from './verdict-cache.ts';

/** What {@link TenantSurvey} asks. */
export interface TenantSurveyDeps {
  readonly verdicts: AccessVerdicts;
  readonly gate: ReviewGate;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  readonly changes: RecentChanges;
  readonly tenantMap: TenantMap;
  readonly directory: TenantDirectory;
  /** Waits. */
  readonly pause: (ms: number) => Promise<void>;
}

/** The tenants that a caller may read, and where the verdicts came from. */
export interface Survey {
  readonly tenants: readonly TenantId[];
  readonly source: VerdictSource;
}

/** Surveys that may be under way at once. */
export const MAX_SURVEYS = 32;
/** Longest time that one survey waits for room in the budget of reviews, in milliseconds. */
const SURVEY_PATIENCE_MS = 15_000;

const PAUSE_MS = 50;

interface Answer {
  readonly tenant: TenantId;
  readonly isAllowed: boolean;
  /** Whether somebody had to be asked. */
  readonly wasAsked: boolean;
}

type Surveyed = Result<Survey, AccessRejection>;

/**
 * Finds out which of all tenants a caller may read, with one review for each namespace about which
 * nothing is known.
 *
 * One review without a verdict leaves the whole survey without an answer: a part of what somebody
 * may read would look like the whole. Unlike a request that names its tenants, a survey waits for
 * room in the budget, because it needs far more reviews than one second allows.
 */
export class TenantSurvey {
  readonly #deps: TenantSurveyDeps;
  readonly #settings: AllNamespacesSettings;
  // Denials that surveys found. They only ever leave a tenant out, so they may last longer than a
  // denial of a request that names the tenant.
  readonly #skipped: VerdictCache<TenantId>;
  // A dashboard asks many things at once, and each would begin the same survey.
  readonly #flights = new SingleFlight<Surveyed>();
  #underWay = 0;

  constructor(deps: TenantSurveyDeps, settings: AllNamespacesSettings, maxEntries: number) {
    this.#deps = deps;
    this.#settings = settings;
    this.#skipped = new VerdictCache(deps.clock, Math.max(maxEntries, settings.maxCandidates));
  }

  /** Finds the tenants. */
  findTenants(identity: Identity): Promise<Surveyed> {
    const key = this.#deps.hash.digest([canonicalIdentity(identity)]);
    return this.#flights.run(key, async () => {
      if (this.#underWay >= MAX_SURVEYS) return refuse(UNKNOWN);
      this.#underWay += 1;
      try {
        return await this.#survey(identity);
      } finally {
        this.#underWay -= 1;
      }
    });
  }

  async #survey(identity: Identity): Promise<Surveyed> {
    const candidates = this.#deps.directory.tenants();
    if (candidates === undefined) return refuse(UNKNOWN);
    const { maxCandidates, maxTenants, parallelReviews } = this.#settings;
    if (candidates.length > maxCandidates) {
      return refuse({ code: 'limit_tenants', limit: maxCandidates, value: candidates.length });
    }
    const endsAtMs = this.#deps.clock.monotonicMs() + SURVEY_PATIENCE_MS;
    const answers = await mapInParallel(candidates, {
      limit: parallelReviews,
      map: (tenant) => this.#ask(identity, tenant, endsAtMs),
      isLast: (answer) => !answer.ok,
    });
    const tenants: TenantId[] = [];
    let source: VerdictSource = 'cache';
    for (const answer of answers) {
      if (!answer.ok) return answer;
      if (answer.value.isAllowed) tenants.push(answer.value.tenant);
      if (answer.value.wasAsked) source = 'live';
    }
    if (tenants.length === 0) return refuse({ code: 'tenant_none_allowed' });
    return tenants.length > maxTenants
      ? refuse({ code: 'limit_tenants', limit: maxTenants, value: tenants.length })
      : accept({ tenants, source });
  }

  /** Forgets the denials in a namespace, or all of them. */
  forget(namespace?: string): void {
    this.#skipped.deleteWhere((it) => namespace === undefined || it === namespace);
  }

  async #ask(
    identity: Identity,
    tenant: TenantId,
    endsAtMs: number,
  ): Promise<Result<Answer, Unavailable>> {
    const namespaces = this.#deps.tenantMap.namespacesOf(tenant);
    if (namespaces === undefined) return refuse(UNKNOWN);
    let wasAsked = false;
    for (const namespace of namespaces) {
      const question = this.#deps.verdicts.question(identity, namespace);
      const known = this.#lookUp(question);
      wasAsked ||= known === undefined;
      const verdict = known === undefined ? await this.#review(question, endsAtMs) : accept(known);
      if (!verdict.ok) return verdict;
      if (verdict.value === 'denied') return accept({ tenant, isAllowed: false, wasAsked });
    }
    return accept({ tenant, isAllowed: namespaces.length > 0, wasAsked });
  }

  #lookUp(question: AccessQuestion): AccessVerdict | undefined {
    const isSkipped = this.#skipped.get(question.key) !== undefined;
    return isSkipped ? 'denied' : this.#deps.verdicts.lookUp(question);
  }

  async #review(
    question: AccessQuestion,
    endsAtMs: number,
  ): Promise<Result<AccessVerdict, Unavailable>> {
    const { clock, gate, pause } = this.#deps;
    while (!gate.hasRoom('survey') && clock.monotonicMs() < endsAtMs) await pause(PAUSE_MS);
    // Nothing may come between seeing the room and taking it, not even an await.
    const askedAtMs = clock.monotonicMs();
    const reviewed = await this.#deps.verdicts.review(question, 'survey');
    if (reviewed.ok && reviewed.value === 'denied' && question.isRemembered) {
      const { key, namespace } = question;
      const { skippedTtlMs } = this.#settings;
      const ttlMs = this.#deps.changes.limitTtl(namespace, { askedAtMs, ttlMs: skippedTtlMs });
      this.#skipped.set(key, namespace, ttlMs);
    }
    return reviewed;
  }
}

const UNKNOWN: Unavailable = { code: 'access_review_unavailable', retryAfterSeconds: 1 };
