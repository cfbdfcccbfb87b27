import { setTimeout as pause } from 'node:timers/promises';
import type { Access } from '../../access/access.ts';
import type { AccessObserver } from '../../access/access-observer.ts';
import type { ScopeLabels } from '../../access/access-settings.ts';
import type { Clock } from '../../access/clock.ts';
import { createKubernetesAccess } from '../../access/kubernetes-access.ts';
import type { KubernetesAccessConfig } from '../../config/query-frontend.ts';
import type { Log } from '../../http/log.ts';
import { createKeyedHash } from '../keyed-hash.ts';
import { createOidcVerifier } from '../oidc/oidc-verifier.ts';
import { createAccessReviewer } from './access-reviewer.ts';
import { ApiClient } from './api-client.ts';
import { followRights } from './follow-rights.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { logOutages } from './log-outages.ts';
import { NamespaceDirectory } from './namespace-directory.ts';
import { type AccessReadiness, createReadiness } from './readiness.ts';
import { createSelfReviewers, type SelfReviewers } from './self-reviewers.ts';
import { createTokenReviewer } from './token-reviewer.ts';

/** Access decisions, and the life of what they need. */
export interface RunningAccess {
  readonly access: Access;
  /** Says whether decisions can be made. It asks the API server until that worked once. */
  ready(): Promise<AccessReadiness>;
  /** Stops what is followed, and closes the connections to the API server. */
  stop(): void;
}

/** What {@link runKubernetesAccess} takes from its surroundings. */
export interface KubernetesSurroundings {
  readonly labels: ScopeLabels;
  readonly clock: Clock;
  readonly log: Log;
  readonly observer: AccessObserver;
}

/**
 * Starts access by the API server: the reviews, and each optional feature that is switched on. It
 * does not wait for the API server.
 *
 * @throws {Fault} `api_server_url_invalid`.
 */
export function runKubernetesAccess(
  config: KubernetesAccessConfig,
  { labels, clock, log, observer: told }: KubernetesSurroundings,
): RunningAccess {
  const observer = logOutages(told, log);
  const maxSockets = config.budget.maxInFlight;
  const client = new ApiClient({ ...config.apiServer, maxSockets, clock });
  const reviewers: SelfReviewers =
    config.review === 'self'
      ? createSelfReviewers(client)
      : {
          tokenReviewer: createTokenReviewer(client),
          accessReviewer: createAccessReviewer(client),
        };
  const clusterWide = config.clusterWide.enabled ? config.clusterWide : undefined;
  const issuerVerifier = new IssuerKeys({ client, clock, observer });
  const oidcVerifier = createOidcVerifier(config.oidcIssuers, { clock, log });
  const allNamespaces = config.allNamespaces.enabled ? config.allNamespaces : undefined;
  const isMapped = config.tenantMapping.enabled;
  const namespaces =
    isMapped || allNamespaces !== undefined
      ? new NamespaceDirectory({ client, clock, observer, log })
      : undefined;
  const directory = isMapped ? namespaces?.mapping : namespaces?.eachItsOwn;
  const verifiers = { issuerVerifier, oidcVerifier };
  const access = createKubernetesAccess(
    {
      ...reviewers,
      ...verifiers,
      clusterReviewer: reviewers.accessReviewer,
      clock,
      hash: createKeyedHash(),
      tenantMap: isMapped ? namespaces?.mapping : undefined,
      survey: directory && { directory, pause: (ms) => pause(ms) },
      observer,
    },
    { ...config, ...labels, allNamespaces, clusterWide },
  );
  const stopFollowing = config.rightsWatch.enabled
    ? followRights({ client, access, observer, log })
    : undefined;
  const { attributes } = config;
  const reviewsAnswered = createReadiness({ client, ...reviewers, attributes });
  return {
    access,
    ready: async () => {
      // Callers with other tokens need not wait for an issuer that is away.
      void oidcVerifier.refresh();
      const [readiness] = await Promise.all([reviewsAnswered(), issuerVerifier.refresh()]);
      const needsNamespaces = directory !== undefined && directory.tenants() === undefined;
      return readiness.isReady && needsNamespaces
        ? { isReady: false, reason: 'namespaces_unknown' }
        : readiness;
    },
    stop: () => {
      stopFollowing?.();
      namespaces?.stop();
      client.stop();
    },
  };
}
