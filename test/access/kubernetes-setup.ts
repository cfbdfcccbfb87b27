import type { AccessObserver } from '../../frontend/access/access-observer.ts';
import type { KubernetesAccessSettings } from '../../frontend/access/access-settings.ts';
import type { AccessReviewer } from '../../frontend/access/access-reviewer.ts';
import type { IssuerVerifier } from '../../frontend/access/issuer-verifier.ts';
import {
  createKubernetesAccess,
  type KubernetesAccess,
  type KubernetesAccessDeps,
} from '../../frontend/access/kubernetes-access.ts';
import type { OidcVerifier } from '../../frontend/access/oidc-verifier.ts';
import type { TokenReviewer } from '../../frontend/access/token-reviewer.ts';
import { SEED_ATTRIBUTES } from '../../frontend/config/query-frontend.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import {
  FakeAccessReviewer,
  FakeClock,
  FakeTokenReviewer,
  identityOf,
  plainHash,
} from './fakes.ts';

/** The parts that a test replaces, and the settings that it changes. */
export interface Setup {
  readonly tokenReviewer?: TokenReviewer;
  readonly accessReviewer?: AccessReviewer;
  readonly issuerVerifier?: IssuerVerifier;
  readonly oidcVerifier?: OidcVerifier;
  readonly observer?: AccessObserver;
  readonly clock?: FakeClock;
  readonly audiences?: readonly string[];
  readonly cache?: Partial<KubernetesAccessSettings['cache']>;
  readonly budget?: Partial<KubernetesAccessSettings['budget']>;
  readonly survey?: KubernetesAccessDeps['survey'];
  readonly tenantMap?: KubernetesAccessDeps['tenantMap'];
  readonly clusterReviewer?: KubernetesAccessDeps['clusterReviewer'];
  readonly clusterWide?: KubernetesAccessSettings['clusterWide'];
  readonly attributesByEndpoint?: KubernetesAccessSettings['attributesByEndpoint'];
  readonly silenceAttributes?: KubernetesAccessSettings['silenceAttributes'];
  readonly allNamespaces?: Partial<NonNullable<KubernetesAccessSettings['allNamespaces']>>;
}

/** Access with the defaults of the configuration, over fakes. */
export function kubernetesAccess(setup: Setup): KubernetesAccess {
  return createKubernetesAccess(
    {
      tokenReviewer: setup.tokenReviewer ?? everyone(),
      accessReviewer: setup.accessReviewer ?? new FakeAccessReviewer(() => 'allowed'),
      clusterReviewer: setup.clusterReviewer,
      issuerVerifier: setup.issuerVerifier,
      oidcVerifier: setup.oidcVerifier,
      observer: setup.observer,
      clock: setup.clock ?? new FakeClock(),
      hash: plainHash,
      survey: setup.survey,
      tenantMap: setup.tenantMap,
    },
    {
      tenancyLabel: DEFAULT_TENANCY_LABEL,
      audiences: setup.audiences ?? [],
      attributes: SEED_ATTRIBUTES,
      attributesByEndpoint: setup.attributesByEndpoint,
      clusterWide: setup.clusterWide,
      silenceAttributes: setup.silenceAttributes,
      cache: {
        authenticatedTtlMs: 30_000,
        rejectedTtlMs: 10_000,
        allowedTtlMs: 30_000,
        deniedTtlMs: 5_000,
        maxEntries: 100,
        ...setup.cache,
      },
      budget: {
        maxInFlight: 64,
        reviewsPerSecond: 10_000,
        unknownTokensPerSecond: 10_000,
        ...setup.budget,
      },
      allNamespaces: {
        maxCandidates: 1_000,
        maxTenants: 200,
        parallelReviews: 16,
        skippedTtlMs: 60_000,
        ...setup.allNamespaces,
      },
    },
  );
}

/** A reviewer that authenticates every token as the user of that name. */
export function everyone(): FakeTokenReviewer {
  return new FakeTokenReviewer((token) => ({
    kind: 'authenticated',
    identity: identityOf(token),
    audiences: [],
  }));
}

/** A reviewer that rejects every token. */
export function nobody(): FakeTokenReviewer {
  return new FakeTokenReviewer(() => ({ kind: 'rejected' }));
}
