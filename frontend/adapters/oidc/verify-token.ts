import { errors, type JWTPayload, jwtVerify, type JWTVerifyOptions, type LocalJWKSet } from 'jose';
import type { BearerToken } from '../../access/bearer-token.ts';
import { SIGNATURE_ALGORITHMS } from '../../config/access-oidc.ts';

/** Against what {@link verifyToken} checks. */
export interface TokenRules {
  /** The issuer, to the letter. */
  readonly issuer: string;
  readonly keys: LocalJWKSet;
  /** Algorithms that a signature may have. @defaultValue {@link SIGNATURE_ALGORITHMS} */
  readonly algorithms?: readonly string[];
  /** Audiences, one of which the token must be meant for. @defaultValue any: a review decides */
  readonly audiences?: readonly string[] | undefined;
  /** Now, in milliseconds since the Unix epoch. */
  readonly wallMs: number;
}

/**
 * The outcome of {@link verifyToken}. `unknown_key`: no key of the set fits. `not_applicable`: the
 * set, not the token, is at fault.
 */
export type TokenCheck =
  | { readonly kind: 'passed'; readonly claims: JWTPayload }
  | { readonly kind: 'rejected' | 'unknown_key' | 'not_applicable' };

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
 * Checks algorithm, signature, issuer, dates and, where it is told to, the audience of a token.
 * Keys come from the set alone: `jwk`, `jku` and `x5u` in a token are never looked at.
 */
export async function verifyToken(token: BearerToken, rules: TokenRules): Promise<TokenCheck> {
  try {
    const { payload } = await verifySignature(token, rules.keys, {
      algorithms: [...(rules.algorithms ?? SIGNATURE_ALGORITHMS)],
      issuer: rules.issuer,
      ...(rules.audiences !== undefined && { audience: [...rules.audiences] }),
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(rules.wallMs),
      clockTolerance: NOT_BEFORE_TOLERANCE_SECONDS,
    });
    // The tolerance is for `nbf` alone: holders renew long before the end, so none is needed there.
    const expiresAtMs = (payload.exp ?? 0) * 1_000;
    return expiresAtMs > rules.wallMs ? { kind: 'passed', claims: payload } : { kind: 'rejected' };
  } catch (error) {
    return { kind: blame(error) };
  }
}

async function verifySignature(
  token: string,
  keys: LocalJWKSet,
  options: JWTVerifyOptions,
): Promise<{ readonly payload: JWTPayload }> {
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

function blame(error: unknown): 'rejected' | 'unknown_key' | 'not_applicable' {
  if (!(error instanceof errors.JOSEError)) return 'not_applicable';
  if (error.code === errors.JWKSNoMatchingKey.code) return 'unknown_key';
  return FAULTS_OF_THE_TOKEN.has(error.code) ? 'rejected' : 'not_applicable';
}
