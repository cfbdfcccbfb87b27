import type { OidcVerifier } from '../../access/oidc-verifier.ts';
import type { OidcIssuerConfig } from '../../config/access-oidc.ts';
import { OidcIssuer } from './oidc-issuer.ts';
import type { PublishedKeysDeps } from './published-keys.ts';

/** A verifier whose keys can be read ahead of the first token. */
export interface RunningOidcVerifier extends OidcVerifier {
  /** Reads the keys of every issuer, unless that was tried just now. It never fails. */
  refresh(): Promise<void>;
}

/** Creates the verifier of all configured issuers. Exactly the `iss` of a token chooses one. */
export function createOidcVerifier(
  configs: readonly OidcIssuerConfig[],
  deps: PublishedKeysDeps,
): RunningOidcVerifier {
  const issuers = new Map(configs.map((config) => [config.issuer, new OidcIssuer(config, deps)]));
  return {
    knowsIssuer: (issuer) => issuers.has(issuer),
    verifyToken: async (token, issuer) =>
      (await issuers.get(issuer)?.verifyToken(token)) ?? { kind: 'rejected' },
    refresh: async () => {
      await Promise.all([...issuers.values()].map((issuer) => issuer.refresh()));
    },
  };
}
