import type { Access } from './access.ts';
import { type AccessObserver, SILENT_OBSERVER } from './access-observer.ts';
import type { AccessReviewer, ClusterReviewer } from './access-reviewer.ts';
import type { KubernetesAccessSettings } from './access-settings.ts';
import type { Clock } from './clock.ts';
import { type IssuerVerifier, NO_ISSUER_VERIFIER } from './issuer-verifier.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { NO_OIDC_VERIFIER, type OidcVerifier } from './oidc-verifier.ts';
import { type ReadAuthorizer, ReadAuthorizers } from './read-authorizers.ts';
import { RecentChanges, RIGHTS_SETTLING } from './recent-changes.ts';
import { ReviewBudget } from './review-budget.ts';
import { ReviewGate } from './review-gate.ts';
import { ONE_TO_ONE, type TenantMap } from './tenant-map.ts';
import type { TenantSurveyDeps } from './tenant-survey.ts';
import { TokenIdentifier } from './token-identifier.ts';
import type { TokenReviewer } from './token-reviewer.ts';
import { WriteAuthorizer } from './write-authorizer.ts';

/** What access by the API server needs from outside. */
export interface KubernetesAccessDeps {
  readonly tokenReviewer: TokenReviewer;
  readonly accessReviewer: AccessReviewer;
  /** Reviews access to the whole cluster. @defaultValue none: nobody reads so */
  readonly clusterReviewer?: ClusterReviewer | undefined;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  /** The local check. @defaultValue none: every token goes to review */
  readonly issuerVerifier?: IssuerVerifier | undefined;
  /** Verifies tokens of configured issuers. @defaultValue none: there are no such issuers */
  readonly oidcVerifier?: OidcVerifier | undefined;
  /** Which namespaces stand behind a tenant. @defaultValue {@link ONE_TO_ONE} */
  readonly tenantMap?: TenantMap | undefined;
  /** What surveys need, for requests that name no tenant. @defaultValue none: they are refused */
  readonly survey?: Pick<TenantSurveyDeps, 'directory' | 'pause'> | undefined;
  /** @defaultValue {@link SILENT_OBSERVER} */
  readonly observer?: AccessObserver | undefined;
}

/** Access by the API server, which can be told that rights changed. */
export interface KubernetesAccess extends Access {
  /** Forgets what is remembered about rights in a namespace, or everywhere. */
  forgetRights(namespace?: string): void;
  /** Forgets the tokens of a ServiceAccount, or those of all ServiceAccounts. */
  forgetTokens(account?: { readonly namespace: string; readonly name: string }): void;
}

/**
 * Decides access by the API server: a token review says who calls, and one access review for each
 * namespace says whether they may.
 *
 * Verdicts are remembered for the configured time. Where no verdict can be had the answer is
 * `access_review_unavailable`: never an allowance, and never a rejected token.
 */
export function createKubernetesAccess(
  deps: KubernetesAccessDeps,
  settings: KubernetesAccessSettings,
): KubernetesAccess {
  const { clock, hash, observer = SILENT_OBSERVER, tenantMap = ONE_TO_ONE } = deps;
  const gate = new ReviewGate(new ReviewBudget(clock, settings.budget), clock, observer);
  const shared = { gate, clock, hash, observer };
  const verifier = deps.issuerVerifier ?? NO_ISSUER_VERIFIER;
  const oidcVerifier = deps.oidcVerifier ?? NO_OIDC_VERIFIER;
  const identifier = new TokenIdentifier(
    { ...shared, reviewer: deps.tokenReviewer, verifier, oidcVerifier },
    settings,
  );
  const changes = new RecentChanges(clock, RIGHTS_SETTLING);
  const readers = new ReadAuthorizers(
    {
      ...shared,
      changes,
      tenantMap,
      reviewer: deps.accessReviewer,
      clusterReviewer: deps.clusterReviewer,
      survey: deps.survey,
    },
    settings,
  );
  const writes =
    settings.silenceAttributes &&
    new WriteAuthorizer(
      { ...shared, changes, tenantMap, reviewer: deps.accessReviewer },
      settings.silenceAttributes,
      settings,
    );
  const others: Omit<Access, keyof ReturnType<typeof readingBy>> = {
    identify: (token) => identifier.identify(token),
    tenantOf: (namespace) => tenantMap.tenantOf(namespace),
    authorizeWrite:
      writes && ((identity, tenants, verb) => writes.authorize(identity, tenants, verb)),
  };
  return {
    ...others,
    ...readingBy(readers.usual),
    forEndpoint: readers.hasClasses
      ? (endpoint) => ({ ...others, ...readingBy(readers.of(endpoint)) })
      : undefined,
    forgetRights: (namespace) => {
      changes.note(namespace);
      readers.forget(namespace);
      writes?.forget(namespace);
    },
    forgetTokens: (account) => {
      identifier.forget(account);
    },
  };
}

function readingBy({
  tenants,
  authorizeAll,
  authorizeCluster,
}: ReadAuthorizer): Pick<Access, 'authorize' | 'authorizeAll' | 'authorizeCluster'> {
  return {
    authorize: (identity, named, onDenied) => tenants.authorize(identity, named, onDenied),
    authorizeAll,
    authorizeCluster,
  };
}
