import type { ActorVerifier } from '../access/actor-verifier.ts';
import { type BearerToken, isBearerToken } from '../access/bearer-token.ts';
import type { AccessRejection } from '../access/rejection.ts';
import { accept, refuse, type Result } from '../result.ts';
import { headerValues, type RawHeaders } from './raw-headers.ts';

/** Says for whom a program asks. */
export type ReadActor = () => Promise<Result<string | undefined, AccessRejection>>;

/**
 * Prepares the reading of the user for whom Grafana asks, from `X-Grafana-Id`. Without the header
 * there is none, which is how alert rules ask; one that does not verify is refused.
 *
 * @param verifier - Not there: the header is not looked at.
 */
export function prepareActor(
  verifier: ActorVerifier | undefined,
  rawHeaders: RawHeaders,
): ReadActor {
  if (verifier === undefined) return async () => accept(undefined);
  const token = readToken(rawHeaders);
  return async () => {
    if (!token.ok) return token;
    return token.value === undefined ? accept(undefined) : verifier.verifyActor(token.value);
  };
}

function readToken(rawHeaders: RawHeaders): Result<BearerToken | undefined, AccessRejection> {
  const [header = '', ...others] = headerValues(rawHeaders, 'x-grafana-id');
  const token = header.trim();
  if (token === '' && others.length === 0) return accept(undefined);
  return others.length === 0 && isBearerToken(token)
    ? accept(token)
    : refuse({ code: 'actor_rejected' });
}
