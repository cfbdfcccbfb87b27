import type { ActorVerifier } from '../../access/actor-verifier.ts';
import type { BearerToken } from '../../access/bearer-token.ts';
import type { Clock } from '../../access/clock.ts';
import type { AccessRejection } from '../../access/rejection.ts';
import type { GrafanaIdConfig } from '../../config/access-credentials.ts';
import { accept, refuse, type Result } from '../../result.ts';
import { checkByKeys } from './check-by-keys.ts';
import type { FollowedKeys } from './followed-keys.ts';
import { followPublishedKeys, KEYS_RETRY_MS, type PublishedKeysDeps } from './published-keys.ts';
import { verifyToken } from './verify-token.ts';

/** Verifies the tokens that Grafana signs for its users, by the keys that it publishes. */
export class GrafanaIdVerifier implements ActorVerifier {
  readonly #config: GrafanaIdConfig;
  readonly #clock: Clock;
  readonly #keys: FollowedKeys;

  constructor(config: GrafanaIdConfig, deps: PublishedKeysDeps) {
    const { caFile, issuer, keysUrl } = config;
    this.#config = config;
    this.#clock = deps.clock;
    const findKeysUrl = (): Promise<string> => Promise.resolve(keysUrl);
    this.#keys = followPublishedKeys({ issuer, caFile, findKeysUrl }, deps);
  }

  /** Returns the `sub` of a token, such as `user:1`. */
  async verifyActor(token: BearerToken): Promise<Result<string, AccessRejection>> {
    const { audiences } = this.#config;
    const verdict = await checkByKeys(this.#keys, (keySet) =>
      verifyToken(token, { ...keySet, audiences, wallMs: this.#clock.wallMs() }),
    );
    switch (verdict.kind) {
      case 'passed':
        return typeof verdict.claims.sub === 'string' && verdict.claims.sub !== ''
          ? accept(verdict.claims.sub)
          : refuse({ code: 'actor_rejected' });
      case 'rejected':
        return refuse({ code: 'actor_rejected' });
      case 'unknown':
        return refuse({
          code: 'access_review_unavailable',
          retryAfterSeconds: KEYS_RETRY_MS / 1_000,
        });
      default:
        return verdict satisfies never;
    }
  }
}
