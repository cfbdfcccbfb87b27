import { createLocalJWKSet } from 'jose';
import type { BearerToken } from '../../access/bearer-token.ts';
import type { Clock } from '../../access/clock.ts';
import { identityFromClaims } from '../../access/oidc-identity.ts';
import type { OidcVerdict } from '../../access/oidc-verifier.ts';
import type { OidcIssuerConfig } from '../../config/access-oidc.ts';
import { Fault } from '../../fault.ts';
import type { Log } from '../../http/log.ts';
import { RereadFile } from '../files/reread-file.ts';
import { asObject } from '../kubernetes/json-fields.ts';
import { checkByKeys } from './check-by-keys.ts';
import { FollowedKeys, isKeySet, type IssuerKeySet } from './followed-keys.ts';
import { readHttpsDocument } from './https-document.ts';
import { logKeys } from './log-keys.ts';
import { verifyToken } from './verify-token.ts';

/** What an {@link OidcIssuer} needs from outside. */
export interface OidcIssuerDeps {
  readonly clock: Clock;
  /** Hears when the keys cannot be read, and when they can be again. */
  readonly log: Log;
}

/** Shortest time between two attempts to read keys after one that failed, in milliseconds. */
export const KEYS_RETRY_MS = 5_000;

const TIMEOUT_MS = 5_000;

/**
 * One configured issuer: it verifies tokens by the keys that the issuer publishes, and makes
 * identities of their claims.
 *
 * The keys are those of the discovery document below the configured URL. Nothing in a token says
 * where keys are read.
 */
export class OidcIssuer {
  readonly #config: OidcIssuerConfig;
  readonly #clock: Clock;
  readonly #ca: RereadFile | undefined;
  readonly #keys: FollowedKeys;

  constructor(config: OidcIssuerConfig, { clock, log }: OidcIssuerDeps) {
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

  /** Reads the keys, unless that was tried just now. It never fails. */
  refresh(): Promise<void> {
    return this.#keys.refresh();
  }

  /** Says whose token this is. It waits for the keys where they are missing or lack the one needed. */
  async verifyToken(token: BearerToken): Promise<OidcVerdict> {
    const { algorithms, audiences } = this.#config;
    const verdict = await checkByKeys(this.#keys, (keySet) =>
      verifyToken(token, { ...keySet, algorithms, audiences, wallMs: this.#clock.wallMs() }),
    );
    if (verdict.kind !== 'passed') return verdict;
    const identity = identityFromClaims(verdict.claims, this.#config);
    return identity === undefined ? { kind: 'rejected' } : { kind: 'authenticated', identity };
  }

  async #readKeys(): Promise<IssuerKeySet> {
    const { issuer } = this.#config;
    const ca = await this.#ca?.read();
    const options = { ca, timeoutMs: TIMEOUT_MS };
    const base = issuer.replace(/\/$/, '');
    const discovery = asObject(
      await readHttpsDocument(`${base}/.well-known/openid-configuration`, options),
    );
    const keysUrl = discovery?.['jwks_uri'];
    if (discovery?.['issuer'] !== issuer || typeof keysUrl !== 'string') {
      throw new Fault('issuer_answer_malformed', `${issuer} publishes no discovery of its own`);
    }
    const keys = await readHttpsDocument(keysUrl, options);
    if (!isKeySet(keys)) throw new Fault('issuer_answer_malformed', `${keysUrl} holds no keys`);
    return { issuer, keys: createLocalJWKSet(keys) };
  }
}
