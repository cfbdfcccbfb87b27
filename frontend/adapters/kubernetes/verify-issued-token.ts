import { errors, jwtVerify, type JWTVerifyOptions, type LocalJWKSet } from 'jose';
import type { BearerToken } from '../../access/bearer-token.ts';

/** Against what {@link verifyIssuedToken} checks. */
export interface IssuedTokenRules {
  /** The issuer, to the letter. */
  readonly issuer: string;
  readonly keys: LocalJWKSet;
  /** Now, in milliseconds since the Unix epoch. */
  readonly wallMs: number;
}

/**
 * `unknown_key`: no key of the set fits. `not_applicable`: the set, not the token, is at fault.
 */
export type IssuedTokenCheck = 'passed' | 'rejected' | 'unknown_key' | 'not_applicable';

// Signatures that take a public key. `none` and the HS family, where the public key would serve as
// the secret, are not among them.
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
];

// A token is used the moment it was made, by a clock that may run ahead of ours.
const NOT_BEFORE_TOLERANCE_SECONDS = 60;

const FAULTS_OF_THE_TOKEN: ReadonlySet<string> = new Set([
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTExpired.code,
  errors.JWTInvalid.code,
]);

/**
 * Checks algorithm, signature, issuer and dates of a token. Keys come from the set alone: `jwk`,
 * `jku` and `x5u` in a token are never looked at. Its audience is left to the review.
 */
export async function verifyIssuedToken(
  token: BearerToken,
  rules: IssuedTokenRules,
): Promise<IssuedTokenCheck> {
  try {
    const { payload } = await verifySignature(token, rules.keys, {
      algorithms: ALGORITHMS,
      issuer: rules.issuer,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(rules.wallMs),
      clockTolerance: NOT_BEFORE_TOLERANCE_SECONDS,
    });
    // The tolerance is for `nbf` alone: holders renew long before the end, so none is needed there.
    const expiresAtMs = (payload.exp ?? 0) * 1_000;
    return expiresAtMs > rules.wallMs ? 'passed' : 'rejected';
  } catch (error) {
    return blame(error);
  }
}

async function verifySignature(
  token: string,
  keys: LocalJWKSet,
  options: JWTVerifyOptions,
): Promise<{ readonly payload: { readonly exp?: number | undefined } }> {
  try {
    return await jwtVerify(token, keys, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // The token names no key and several fit: as the API server does, each is tried.
    let last: unknown = error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (problem) {
        last = problem;
      }
    }
    throw last;
  }
}

function blame(error: unknown): IssuedTokenCheck {
  if (!(error instanceof errors.JOSEError)) return 'not_applicable';
  if (error.code === errors.JWKSNoMatchingKey.code) return 'unknown_key';
  return FAULTS_OF_THE_TOKEN.has(error.code) ? 'rejected' : 'not_applicable';
}
