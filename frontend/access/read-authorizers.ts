import type { Result } from '../result.ts';
import type { AuthorizeCluster, Authorized } from './access.ts';
import { canonicalClusterAttributes, type ResourceAttributes } from './access-review-spec.ts';
import type { AccessReviewer, ClusterReviewer } from './access-reviewer.ts';
import type { KubernetesAccessSettings, ScopeLabels } from './access-settings.ts';
import { AccessVerdicts } from './access-verdicts.ts';
import { ClusterAuthorizer } from './cluster-authorizer.ts';
import type { Identity } from './identity.ts';
import type { AccessRejection } from './rejection.ts';
import type { RememberedVerdictsDeps } from './remembered-verdicts.ts';
import { TenantAuthorizer } from './tenant-authorizer.ts';
import type { TenantMap } from './tenant-map.ts';
import { TenantSurvey, type TenantSurveyDeps } from './tenant-survey.ts';

/** What {@link ReadAuthorizers} asks. */
export interface ReadAuthorizersDeps extends RememberedVerdictsDeps {
  readonly reviewer: AccessReviewer;
  readonly clusterReviewer: ClusterReviewer | undefined;
  readonly tenantMap: TenantMap;
  readonly survey: Pick<TenantSurveyDeps, 'directory' | 'pause'> | undefined;
}

/** How {@link ReadAuthorizers} decide. */
export type ReadAuthorizersSettings = ScopeLabels &
  Pick<
    KubernetesAccessSettings,
    'attributes' | 'attributesByEndpoint' | 'cache' | 'allNamespaces' | 'clusterWide'
  >;

/** Decides reads by one set of attributes. */
export interface ReadAuthorizer {
  readonly tenants: TenantAuthorizer;
  readonly authorizeAll:
    ((identity: Identity) => Promise<Result<Authorized, AccessRejection>>) | undefined;
  readonly authorizeCluster: AuthorizeCluster | undefined;
  /** Forgets what is remembered about rights in a namespace, or everywhere. */
  readonly forget: (namespace?: string) => void;
}

/**
 * What decides reads, by class of endpoints. Classes that ask for the same share their verdicts;
 * others never do, because each set of attributes has caches of its own.
 */
export class ReadAuthorizers {
  readonly #deps: ReadAuthorizersDeps;
  readonly #settings: ReadAuthorizersSettings;
  readonly #byAttributes = new Map<string, ReadAuthorizer>();
  readonly #clusters = new Map<string, ClusterAuthorizer>();
  readonly #byEndpoint: ReadonlyMap<string, ReadAuthorizer>;

  /** Decides for every class that has no attributes of its own. */
  readonly usual: ReadAuthorizer;

  constructor(deps: ReadAuthorizersDeps, settings: ReadAuthorizersSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.usual = this.#deciding(settings.attributes);
    this.#byEndpoint = new Map(
      Object.entries(settings.attributesByEndpoint ?? {}).flatMap(([name, attributes]) =>
        attributes === undefined ? [] : [[name, this.#deciding(attributes)] as const],
      ),
    );
  }

  /** Whether some class has attributes of its own. */
  get hasClasses(): boolean {
    return this.#byEndpoint.size > 0;
  }

  /** What decides for a class of endpoints. */
  of(endpoint: string): ReadAuthorizer {
    return this.#byEndpoint.get(endpoint) ?? this.usual;
  }

  /** Forgets what is remembered about rights in a namespace, or everywhere. */
  forget(namespace?: string): void {
    for (const reader of this.#byAttributes.values()) reader.forget(namespace);
    // A right in one namespace is never a right in all of them.
    if (namespace !== undefined) return;
    for (const cluster of this.#clusters.values()) cluster.forget();
  }

  #deciding(attributes: ResourceAttributes): ReadAuthorizer {
    const key = canonicalClusterAttributes(attributes);
    const known = this.#byAttributes.get(key);
    if (known !== undefined) return known;
    const { allNamespaces, cache } = this.#settings;
    const { tenantMap, survey: world } = this.#deps;
    const verdicts = new AccessVerdicts(this.#deps, { attributes, cache });
    const tenants = new TenantAuthorizer({ verdicts, tenantMap }, this.#settings);
    const survey =
      world === undefined || allNamespaces === undefined
        ? undefined
        : new TenantSurvey({ ...this.#deps, ...world, verdicts }, allNamespaces, cache.maxEntries);
    const reader: ReadAuthorizer = {
      tenants,
      authorizeAll:
        survey && (async (identity) => tenants.authorizeSurvey(await survey.findTenants(identity))),
      authorizeCluster: this.#clusterFor(attributes)?.authorize,
      forget: (namespace) => {
        verdicts.forget(namespace);
        survey?.forget(namespace);
      },
    };
    this.#byAttributes.set(key, reader);
    return reader;
  }

  #clusterFor(attributesOfReader: ResourceAttributes): ClusterAuthorizer | undefined {
    const { clusterReviewer: reviewer } = this.#deps;
    const { clusterWide, cache, staticLabels } = this.#settings;
    if (clusterWide === undefined || reviewer === undefined) return undefined;
    const attributes = clusterWide.attributes ?? attributesOfReader;
    const key = canonicalClusterAttributes(attributes);
    const known = this.#clusters.get(key);
    if (known !== undefined) return known;
    const made = new ClusterAuthorizer(
      { ...this.#deps, reviewer },
      { attributes, cache, staticLabels },
    );
    this.#clusters.set(key, made);
    return made;
  }
}
