import type { BearerToken } from './bearer-token.ts';

/**
 * What a JSON Web Token says about itself. Nobody has verified it: it may choose how a token is
 * reviewed and shorten how long a verdict is kept, and nothing else.
 */
export interface UnverifiedClaims {
  /** The claim `iss`, if it is a text. */
  readonly issuer: string | undefined;
  /** The claim `exp` in milliseconds since the Unix epoch, if it is a number. */
  readonly expiresAtMs: number | undefined;
}

const THREE_SEGMENTS = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;

/**
 * Reads the claims of a token that has the form of a signed JWT, or returns `undefined` for any
 * other token. The work is bounded by the length of the token, which a {@link BearerToken} bounds.
 */
export function readUnverifiedClaims(token: BearerToken): UnverifiedClaims | undefined {
  const payload = THREE_SEGMENTS.exec(token)?.[1];
  if (payload === undefined) return undefined;
  const claims = parseObject(payload);
  if (claims === undefined) return undefined;
  const { iss, exp } = claims;
  return {
    issuer: typeof iss === 'string' ? iss : undefined,
    expiresAtMs: typeof exp === 'number' && Number.isFinite(exp) ? exp * 1_000 : undefined,
  };
}

function parseObject(base64url: string): { iss?: unknown; exp?: unknown } | undefined {
  try {
    const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    // Not base64, UTF-8 or JSON: then it is an opaque token that happens to hold two full stops.
    return undefined;
  }
}
