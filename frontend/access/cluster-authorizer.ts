import { ClusterScope } from '../../tenant/cluster-scope.ts';
import type { StaticLabel } from '../../tenant/static-labels.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AuthorizeCluster, ClusterAuthorized, VerdictSource } from './access.ts';
import { canonicalClusterAttributes, type ResourceAttributes } from './access-review-spec.ts';
import type { ClusterReviewer } from './access-reviewer.ts';
import type { VerdictCacheSettings } from './access-settings.ts';
import type { AccessRejection } from './rejection.ts';
import { RememberedVerdicts, type RememberedVerdictsDeps } from './remembered-verdicts.ts';

/** What {@link ClusterAuthorizer} asks. */
export interface ClusterAuthorizerDeps extends RememberedVerdictsDeps {
  readonly reviewer: ClusterReviewer;
}

/** How {@link ClusterAuthorizer} decides. */
export interface ClusterAuthorizerSettings {
  /** What a reader must be allowed in all namespaces at once. */
  readonly attributes: ResourceAttributes;
  readonly cache: VerdictCacheSettings;
  readonly staticLabels?: readonly StaticLabel[] | undefined;
}

/**
 * Grants the scope of the whole cluster when the API server allows the access in all namespaces at
 * once. Rights in single namespaces, however many, do not add up to it.
 *
 * Its verdicts are remembered apart from those on namespaces.
 */
export class ClusterAuthorizer {
  readonly #deps: ClusterAuthorizerDeps;
  readonly #settings: ClusterAuthorizerSettings;
  readonly #remembered: RememberedVerdicts<true>;

  constructor(deps: ClusterAuthorizerDeps, settings: ClusterAuthorizerSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#remembered = new RememberedVerdicts(deps, settings.cache);
  }

  /** Grants the scope, or refuses it. */
  readonly authorize: AuthorizeCluster = async (identity, onDenied) => {
    const { attributes } = this.#settings;
    const what = canonicalClusterAttributes(attributes);
    const question = this.#remembered.question(identity, what);
    const known = this.#remembered.lookUp(question);
    if (known !== undefined) return this.#decide(known === 'allowed', 'cache', onDenied);
    const reviewed = await this.#remembered.review(question, {
      about: true,
      lane: 'known',
      ask: () => this.#deps.reviewer.reviewCluster({ identity, attributes, reach: 'cluster' }),
    });
    if (!reviewed.ok) return reviewed;
    return this.#decide(reviewed.value === 'allowed', 'live', onDenied);
  };

  /** Forgets every verdict. */
  forget(): void {
    this.#remembered.forget(() => true);
  }

  #decide(
    isAllowed: boolean,
    source: VerdictSource,
    onDenied: ((source: VerdictSource) => void) | undefined,
  ): Result<ClusterAuthorized, AccessRejection> {
    if (isAllowed)
      return accept({ scope: ClusterScope.grant(this.#settings.staticLabels), source });
    onDenied?.(source);
    return refuse({ code: 'cluster_denied' });
  }
}
