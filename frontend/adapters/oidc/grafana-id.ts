import { createLocalJWKSet } from 'jose';
import type { ActorVerifier } from '../../access/actor-verifier.ts';
import type { BearerToken } from '../../access/bearer-token.ts';
import type { Clock } from '../../access/clock.ts';
import type { AccessRejection } from '../../access/rejection.ts';
import type { GrafanaIdConfig } from '../../config/access-credentials.ts';
import { Fault } from '../../fault.ts';
import type { Log } from '../../http/log.ts';
import { accept, refuse, type Result } from '../../result.ts';
import { RereadFile } from '../files/reread-file.ts';
import { checkByKeys } from './check-by-keys.ts';
import { FollowedKeys, isKeySet, type IssuerKeySet } from './followed-keys.ts';
import { readHttpsDocument } from './https-document.ts';
import { logKeys } from './log-keys.ts';
import { KEYS_RETRY_MS } from './oidc-issuer.ts';
import { verifyToken } from './verify-token.ts';

const TIMEOUT_MS = 5_000;

/** Verifies the tokens that Grafana signs for its users, by the keys that it publishes. */
export class GrafanaIdVerifier implements ActorVerifier {
  readonly #config: GrafanaIdConfig;
  readonly #clock: Clock;
  readonly #ca: RereadFile | undefined;
  readonly #keys: FollowedKeys;

  constructor(config: GrafanaIdConfig, { clock, log }: { clock: Clock; log: Log }) {
    this.#config = config;
    this.#clock = clock;
    this.#ca = config.caFile === undefined ? undefined : new RereadFile(config.caFile, clock);
    this.#keys = new FollowedKeys({
      clock,
      read: () => this.#readKeys(),
      finished: logKeys(config.issuer, log),
      retryMs: KEYS_RETRY_MS,
    });
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

  async #readKeys(): Promise<IssuerKeySet> {
    const { issuer, keysUrl } = this.#config;
    const ca = await this.#ca?.read();
    const keys = await readHttpsDocument(keysUrl, { ca, timeoutMs: TIMEOUT_MS });
    if (!isKeySet(keys)) throw new Fault('issuer_answer_malformed', `${keysUrl} holds no keys`);
    return { issuer, keys: createLocalJWKSet(keys) };
  }
}
