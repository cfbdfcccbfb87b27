import { createLocalJWKSet } from 'jose';
import type { AccessObserver } from '../../access/access-observer.ts';
import type { BearerToken } from '../../access/bearer-token.ts';
import type { Clock } from '../../access/clock.ts';
import type { IssuerVerifier, LocalCheck } from '../../access/issuer-verifier.ts';
import { Fault } from '../../fault.ts';
import { FollowedKeys, isKeySet, type IssuerKeySet } from '../oidc/followed-keys.ts';
import { type TokenCheck, verifyToken } from '../oidc/verify-token.ts';
import type { ApiClient } from './api-client.ts';
import { asObject } from './json-fields.ts';

/** What {@link IssuerKeys} asks. */
export interface IssuerKeysDeps {
  readonly client: Pick<ApiClient, 'get'>;
  readonly clock: Clock;
  readonly observer: AccessObserver;
}

const DISCOVERY_PATH = '/.well-known/openid-configuration';
// The discovery document advertises a URL for the keys, which need not be reachable from a pod and
// is somebody else's word. The API server serves the same keys here.
const KEYS_PATH = '/openid/v1/jwks';

/**
 * The local check of tokens that the cluster issued, by the keys that the API server publishes.
 *
 * Where they cannot be read there is no local check, and every token goes to review. A token with
 * an unknown key makes the keys be read again, though not more often than the cooldown allows.
 */
export class IssuerKeys implements IssuerVerifier {
  readonly #clock: Clock;
  readonly #keys: FollowedKeys;

  constructor({ client, clock, observer }: IssuerKeysDeps) {
    this.#clock = clock;
    this.#keys = new FollowedKeys({
      clock,
      read: () => readKeySet(client),
      // The local check is a saving, not a need, so its loss is counted and nothing else.
      finished: (outcome) => {
        observer.issuerKeysRefreshed(outcome);
      },
    });
  }

  /** Reads the keys, unless that was tried within the cooldown. It never fails. */
  refresh(): Promise<void> {
    return this.#keys.refresh();
  }

  async checkToken(token: BearerToken, issuer: string): Promise<LocalCheck> {
    this.#keys.renew();
    const outcome = await this.#check(token, issuer);
    if (outcome !== 'unknown_key') return outcome;
    await this.refresh();
    const again = await this.#check(token, issuer);
    if (again !== 'unknown_key') return again;
    // If the keys could not be read, the key may be a new one: then the token is not to blame.
    return this.#keys.isUpToDate ? 'rejected' : 'not_applicable';
  }

  async #check(token: BearerToken, issuer: string): Promise<TokenCheck['kind']> {
    const keySet = this.#keys.current;
    if (keySet?.issuer !== issuer) return 'not_applicable';
    // The audience is left to the review.
    return (await verifyToken(token, { ...keySet, wallMs: this.#clock.wallMs() })).kind;
  }
}

async function readKeySet(client: Pick<ApiClient, 'get'>): Promise<IssuerKeySet> {
  const [discovery, keys] = await Promise.all([client.get(DISCOVERY_PATH), client.get(KEYS_PATH)]);
  const issuer = asObject(discovery)?.['issuer'];
  if (typeof issuer !== 'string' || issuer === '' || !isKeySet(keys)) {
    throw new Fault('api_server_answer_malformed', 'not an issuer with its keys');
  }
  return { issuer, keys: createLocalJWKSet(keys) };
}
