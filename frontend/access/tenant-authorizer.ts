import type { TenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { Authorized, VerdictSource } from './access.ts';
import type { ScopeLabels } from './access-settings.ts';
import type { AccessQuestion, AccessVerdicts } from './access-verdicts.ts';
import type { Identity } from './identity.ts';
import { mapInParallel } from './map-in-parallel.ts';
import type { AccessRejection } from './rejection.ts';
import type { TenantMap } from './tenant-map.ts';
import type { Survey } from './tenant-survey.ts';

/** What {@link TenantAuthorizer} asks. */
export interface TenantAuthorizerDeps {
  readonly verdicts: AccessVerdicts;
  readonly tenantMap: TenantMap;
}

/** Namespaces that may stand behind the tenants of one request. */
export const MAX_NAMESPACES = 1_000;
/** Reviews that one request may have in flight at once. */
export const MAX_PARALLEL_REVIEWS = 8;

interface TenantQuestion {
  readonly tenant: TenantId;
  readonly question: AccessQuestion;
}

/**
 * Grants a scope when the API server allows the same access in every namespace of every tenant.
 *
 * One denial refuses the whole request, and so does one review without a verdict.
 */
export class TenantAuthorizer {
  readonly #deps: TenantAuthorizerDeps;
  readonly #labels: ScopeLabels;

  constructor(deps: TenantAuthorizerDeps, labels: ScopeLabels) {
    this.#deps = deps;
    this.#labels = labels;
  }

  /** Grants a scope over all of `tenants`, or names the first of them that is denied. */
  async authorize(
    identity: Identity,
    tenants: readonly TenantId[],
    onDenied?: (source: VerdictSource) => void,
  ): Promise<Result<Authorized, AccessRejection>> {
    const open: TenantQuestion[] = [];
    let count = 0;
    // Every cache is asked before anyone else is, so that a denial known already costs no review.
    for (const tenant of new Set(tenants)) {
      const namespaces = this.#deps.tenantMap.namespacesOf(tenant);
      if (namespaces === undefined) {
        return refuse({ code: 'access_review_unavailable', retryAfterSeconds: 1 });
      }
      if (namespaces.length === 0) return refuse({ code: 'tenant_denied', tenant });
      count += namespaces.length;
      if (count > MAX_NAMESPACES) {
        return refuse({ code: 'limit_tenants', limit: MAX_NAMESPACES, value: count });
      }
      for (const namespace of namespaces) {
        const question = this.#deps.verdicts.question(identity, namespace);
        const verdict = this.#deps.verdicts.lookUp(question);
        if (verdict === 'denied') {
          onDenied?.('cache');
          return refuse({ code: 'tenant_denied', tenant });
        }
        if (verdict === undefined) open.push({ tenant, question });
      }
    }
    const refusal = open.length === 0 ? undefined : await this.#reviewAll(open);
    if (refusal?.code === 'tenant_denied') onDenied?.('live');
    if (refusal !== undefined) return refuse(refusal);
    return accept(this.#grant({ tenants, source: open.length === 0 ? 'cache' : 'live' }));
  }

  /** Grants a scope over the tenants that a survey found. */
  authorizeSurvey(survey: Result<Survey, AccessRejection>): Result<Authorized, AccessRejection> {
    return survey.ok ? accept(this.#grant(survey.value)) : survey;
  }

  #grant({ tenants, source }: Survey): Authorized {
    const { tenancyLabel, staticLabels } = this.#labels;
    return { scope: TenantScope.grant(tenancyLabel, tenants, staticLabels), source };
  }

  async #reviewAll(questions: readonly TenantQuestion[]): Promise<AccessRejection | undefined> {
    const answers = await mapInParallel(questions, {
      limit: MAX_PARALLEL_REVIEWS,
      map: async ({ tenant, question }) => ({
        tenant,
        reviewed: await this.#deps.verdicts.review(question),
      }),
      isLast: ({ reviewed }) => !reviewed.ok || reviewed.value !== 'allowed',
    });
    // A denial is final and a missing verdict is not, so the denial is what the caller should know.
    const denied = answers.find(({ reviewed }) => reviewed.ok && reviewed.value !== 'allowed');
    if (denied !== undefined) return { code: 'tenant_denied', tenant: denied.tenant };
    for (const { reviewed } of answers) if (!reviewed.ok) return reviewed.rejection;
    return undefined;
  }
}
