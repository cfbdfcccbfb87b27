import type { Access } from './access.ts';
import { type AccessObserver, SILENT_OBSERVER } from './access-observer.ts';
import type { AccessReviewer } from './access-reviewer.ts';
import type { KubernetesAccessSettings } from './access-settings.ts';
import type { Clock } from './clock.ts';
import { type IssuerVerifier, NO_ISSUER_VERIFIER } from './issuer-verifier.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { ReviewBudget } from './review-budget.ts';
import { ReviewGate } from './review-gate.ts';
import { TenantAuthorizer } from './tenant-authorizer.ts';
import { TokenIdentifier } from './token-identifier.ts';
import type { TokenReviewer } from './token-reviewer.ts';

/** What access by the API server needs from outside. */
export interface KubernetesAccessDeps {
  readonly tokenReviewer: TokenReviewer;
  readonly accessReviewer: AccessReviewer;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  /** The local check. @defaultValue none: every token goes to review */
  readonly issuerVerifier?: IssuerVerifier | undefined;
  /** @defaultValue {@link SILENT_OBSERVER} */
  readonly observer?: AccessObserver | undefined;
}

/**
 * Decides access by the API server: a token review says who calls, and one access review for each
 * tenant says whether they may.
 *
 * Verdicts are remembered for the configured time. Where no verdict can be had the answer is
 * `access_review_unavailable`: never an allowance, and never a rejected token.
 */
export function createKubernetesAccess(
  deps: KubernetesAccessDeps,
  settings: KubernetesAccessSettings,
): Access {
  const { clock, hash, observer = SILENT_OBSERVER } = deps;
  const gate = new ReviewGate(new ReviewBudget(clock, settings.budget), clock, observer);
  const shared = { gate, clock, hash, observer };
  const verifier = deps.issuerVerifier ?? NO_ISSUER_VERIFIER;
  const identifier = new TokenIdentifier(
    { ...shared, reviewer: deps.tokenReviewer, verifier },
    settings,
  );
  const authorizer = new TenantAuthorizer({ ...shared, reviewer: deps.accessReviewer }, settings);
  return {
    identify: (token) => identifier.identify(token),
    authorize: (identity, tenants) => authorizer.authorize(identity, tenants),
  };
}
