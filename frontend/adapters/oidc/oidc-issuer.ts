import type { BearerToken } from '../../access/bearer-token.ts';
import type { Clock } from '../../access/clock.ts';
import { identityFromClaims } from '../../access/oidc-identity.ts';
import type { OidcVerdict } from '../../access/oidc-verifier.ts';
import type { OidcIssuerConfig } from '../../config/access-oidc.ts';
import { Fault } from '../../fault.ts';
import { asObject } from '../kubernetes/json-fields.ts';
import { checkByKeys } from './check-by-keys.ts';
import type { FollowedKeys } from './followed-keys.ts';
import {
  followPublishedKeys,
  type PublishedKeysDeps,
  type ReadDocument,
} from './published-keys.ts';
import { verifyToken } from './verify-token.ts';

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
  readonly #keys: FollowedKeys;

  constructor(config: OidcIssuerConfig, deps: PublishedKeysDeps) {
    const { caFile, issuer } = config;
    this.#config = config;
    this.#clock = deps.clock;
    const findKeysUrl = (read: ReadDocument): Promise<string> => discoverKeysUrl(issuer, read);
    this.#keys = followPublishedKeys({ issuer, caFile, findKeysUrl }, deps);
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
}

async function discoverKeysUrl(issuer: string, read: ReadDocument): Promise<string> {
  const base = issuer.replace(/\/$/, '');
  const discovery = asObject(await read(`${base}/.well-known/openid-configuration`));
  const keysUrl = discovery?.['jwks_uri'];
  if (discovery?.['issuer'] === issuer && typeof keysUrl === 'string') return keysUrl;
  throw new Fault('issuer_answer_malformed', `${issuer} publishes no discovery of its own`);
}
