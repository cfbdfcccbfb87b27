import type { BearerToken } from './bearer-token.ts';

/**
 * Checks tokens of the cluster's own issuer without asking the API server.
 *
 * It may only reject: a token that passes still needs its review, because the ServiceAccount, the
 * pod or the Secret behind it may be gone.
 */
export interface IssuerVerifier {
  /**
   * Checks signature, algorithm and dates of a token.
   *
   * @param issuer - What the token claims as its issuer, not yet verified.
   */
  checkToken(token: BearerToken, issuer: string): Promise<LocalCheck>;
}

/**
 * The outcome of a local check. `not_applicable`: another issuer, or its keys could not be read, so
 * nothing is known.
 */
export type LocalCheck = 'passed' | 'rejected' | 'not_applicable';

/** The check of an installation that has no local check. */
export const NO_ISSUER_VERIFIER: IssuerVerifier = {
  checkToken: () => Promise.resolve('not_applicable'),
};
