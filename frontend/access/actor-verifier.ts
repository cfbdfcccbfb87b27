import type { Result } from '../result.ts';
import type { BearerToken } from './bearer-token.ts';
import type { AccessRejection } from './rejection.ts';

/**
 * Verifies by whose hand a request was made, where a program such as Grafana makes it with a credential
 * of its own. The name is for the audit line alone: it grants nothing.
 */
export interface ActorVerifier {
  /** Returns the name in a token that the program signed for its user. */
  verifyActor(token: BearerToken): Promise<Result<string, AccessRejection>>;
}
