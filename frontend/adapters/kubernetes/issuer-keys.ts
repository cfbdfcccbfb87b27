import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import type { AccessObserver } from '../../access/access-observer.ts';
import type { BearerToken } from '../../access/bearer-token.ts';
import type { Clock } from '../../access/clock.ts';
import type { IssuerVerifier, LocalCheck } from '../../access/issuer-verifier.ts';
import { Fault } from '../../fault.ts';
import type { ApiClient } from './api-client.ts';
import { asObject } from './json-fields.ts';
import { verifyIssuedToken } from './verify-issued-token.ts';

/** What {@link IssuerKeys} asks. */
export interface IssuerKeysDeps {
  readonly client: Pick<ApiClient, 'get'>;
  readonly clock: Clock;
  readonly observer: AccessObserver;
}

/** Shortest time between two attempts to read the keys, in milliseconds. */
export const KEYS_COOLDOWN_MS = 30_000;
/** Age at which the keys are read again although nothing asks for it, in milliseconds. */
export const KEYS_MAX_AGE_MS = 600_000;

const DISCOVERY_PATH = '/.well-known/openid-configuration';
// The discovery document advertises a URL for the keys, which need not be reachable from a pod and
// is somebody else's word. The API server serves the same keys here.
const KEYS_PATH = '/openid/v1/jwks';

interface IssuerKeySet {
  readonly issuer: string;
  readonly keys: LocalJWKSet;
}

/**
 * The local check of tokens that the cluster issued, by the keys that the API server publishes.
 *
 * Where they cannot be read there is no local check, and every token goes to review. A token with
 * an unknown key makes the keys be read again, though not more often than the cooldown allows.
 */
export class IssuerKeys implements IssuerVerifier {
  readonly #deps: IssuerKeysDeps;
  #current: IssuerKeySet | undefined;
  #triedAtMs = -Infinity;
  #isUpToDate = false;
  #refresh: Promise<void> | undefined;

  constructor(deps: IssuerKeysDeps) {
    this.#deps = deps;
  }

  /** Reads the keys, unless that was tried within the cooldown. It never fails. */
  async refresh(): Promise<void> {
    if (this.#ageMs() >= KEYS_COOLDOWN_MS) this.#refresh ??= this.#read();
    await this.#refresh;
  }

  async checkToken(token: BearerToken, issuer: string): Promise<LocalCheck> {
    if (this.#current === undefined || this.#ageMs() >= KEYS_MAX_AGE_MS) void this.refresh();
    if (this.#current?.issuer !== issuer) return 'not_applicable';
    const outcome = await this.#verify(token, this.#current);
    if (outcome !== 'unknown_key') return outcome;
    await this.refresh();
    if (this.#current.issuer !== issuer) return 'not_applicable';
    const again = await this.#verify(token, this.#current);
    if (again !== 'unknown_key') return again;
    // If the keys could not be read, the key may be a new one: then the token is not to blame.
    return this.#isUpToDate ? 'rejected' : 'not_applicable';
  }

  #verify(
    token: BearerToken,
    { issuer, keys }: IssuerKeySet,
  ): ReturnType<typeof verifyIssuedToken> {
    return verifyIssuedToken(token, { issuer, keys, wallMs: this.#deps.clock.wallMs() });
  }

  #ageMs(): number {
    return this.#deps.clock.monotonicMs() - this.#triedAtMs;
  }

  async #read(): Promise<void> {
    this.#triedAtMs = this.#deps.clock.monotonicMs();
    try {
      const [discovery, keySet] = await Promise.all([
        this.#deps.client.get(DISCOVERY_PATH),
        this.#deps.client.get(KEYS_PATH),
      ]);
      this.#current = readKeySet(discovery, keySet);
      this.#isUpToDate = true;
    } catch {
      // The local check is a saving, not a need, so its loss is counted and nothing else.
      this.#isUpToDate = false;
    } finally {
      this.#refresh = undefined;
    }
    this.#deps.observer.issuerKeysRefreshed(this.#isUpToDate ? 'read' : 'failed');
  }
}

function readKeySet(discovery: unknown, keySet: unknown): IssuerKeySet {
  const issuer = asObject(discovery)?.['issuer'];
  if (typeof issuer !== 'string' || issuer === '' || !isKeySet(keySet)) {
    throw new Fault('api_server_answer_malformed', 'not an issuer with its keys');
  }
  return { issuer, keys: createLocalJWKSet(keySet) };
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  const keys = asObject(value)?.['keys'];
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => asObject(key) !== undefined);
}
