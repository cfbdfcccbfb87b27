import type { ActorVerifier } from '../access/actor-verifier.ts';
import { systemClock } from '../adapters/clock.ts';
import { GrafanaIdVerifier } from '../adapters/oidc/grafana-id.ts';
import type { QueryFrontendConfig } from '../config/query-frontend.ts';
import type { Log } from '../http/log.ts';
import { type CredentialRules, TOKENS_ONLY } from '../http/read-credential.ts';

/** What callers may identify themselves by, as one configuration says it. */
export function credentialRulesOf({
  access,
  listener,
}: Pick<QueryFrontendConfig, 'access' | 'listener'>): CredentialRules {
  if (access.kind !== 'kubernetes') return TOKENS_ONLY;
  const { tokenHeaders, clientCertificates, frontProxy } = access;
  return {
    tokenHeaders,
    clientCertificates: listener.tls?.clientCaFile === undefined ? undefined : clientCertificates,
    frontProxy,
  };
}

/** Makes what verifies for whom Grafana asks, where that is configured. */
export function createActorVerifier(
  access: QueryFrontendConfig['access'],
  log: Log,
): ActorVerifier | undefined {
  if (access.kind !== 'kubernetes' || access.grafanaId === undefined) return undefined;
  return new GrafanaIdVerifier(access.grafanaId, { clock: systemClock, log });
}
