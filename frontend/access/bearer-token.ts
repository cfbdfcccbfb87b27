import { accept, refuse, type Result } from '../result.ts';
import type { AccessRejection } from './rejection.ts';

declare const bearerToken: unique symbol;

/** A bearer token as it came, not yet reviewed. It must never reach a log, an error or an upstream. */
export type BearerToken = string & { readonly [bearerToken]: never };

/** Longest accepted token, in bytes. */
export const MAX_TOKEN_BYTES = 8_192;

const BEARER = /^bearer +(.*)$/i;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/**
 * Reads the bearer token from the Authorization headers of a request.
 *
 * @param headers - Every Authorization header, in order. More than one is refused: which of two is
 *   taken differs between programs, and so would the identity.
 */
export function readBearerToken(headers: readonly string[]): Result<BearerToken, AccessRejection> {
  const [header, ...others] = headers;
  if (header === undefined || header.trim() === '') return refuse({ code: 'token_missing' });
  if (others.length > 0) return refuse({ code: 'token_malformed', problem: 'repeated_header' });
  const token = BEARER.exec(header)?.[1]?.trim();
  if (token === undefined) {
    return /^bearer$/i.test(header.trim())
      ? refuse({ code: 'token_missing' })
      : refuse({ code: 'token_malformed', problem: 'not_bearer' });
  }
  if (token === '') return refuse({ code: 'token_missing' });
  if (token.length > MAX_TOKEN_BYTES) {
    return refuse({ code: 'token_malformed', problem: 'too_long' });
  }
  if (!isBearerToken(token)) {
    return refuse({ code: 'token_malformed', problem: 'not_visible_ascii' });
  }
  return accept(token);
}

/** Whether a text can be a bearer token: 1 to {@link MAX_TOKEN_BYTES} visible ASCII characters. */
export function isBearerToken(text: string): text is BearerToken {
  return text.length <= MAX_TOKEN_BYTES && VISIBLE_ASCII.test(text);
}
