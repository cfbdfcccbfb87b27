import type { BearerToken } from './bearer-token.ts';
import type { Identity } from './identity.ts';

/**
 * Verifies tokens of the configured issuers by their published keys, without asking the API server.
 * For these issuers it alone says whose token it is.
 */
export interface OidcVerifier {
  /** Whether tokens with exactly this `iss` are for this verifier, and for nobody else. */
  knowsIssuer(issuer: string): boolean;
  /**
   * Verifies a token.
   *
   * @param issuer - What the token claims as its issuer; a known one.
   */
  verifyToken(token: BearerToken, issuer: string): Promise<OidcVerdict>;
}

/** The outcome of a verification. `unknown`: the keys could not be read, so there is no verdict. */
export type OidcVerdict =
  | { readonly kind: 'authenticated'; readonly identity: Identity }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'unknown' };

/** The verifier of an installation without issuers of its own. */
export const NO_OIDC_VERIFIER: OidcVerifier = {
  knowsIssuer: () => false,
  verifyToken: () => Promise.resolve({ kind: 'rejected' }),
};
