import type { AccessReviewSpec } from '../../frontend/access/access-review-spec.ts';
import type { AccessReviewer, AccessVerdict } from '../../frontend/access/access-reviewer.ts';
import { type BearerToken, readBearerToken } from '../../frontend/access/bearer-token.ts';
import type { Clock } from '../../frontend/access/clock.ts';
import type { Identity } from '../../frontend/access/identity.ts';
import type { IssuerVerifier, LocalCheck } from '../../frontend/access/issuer-verifier.ts';
import type { KeyedHash } from '../../frontend/access/keyed-hash.ts';
import type { TokenReviewer, TokenVerdict } from '../../frontend/access/token-reviewer.ts';
import { parseTenantId, type TenantId } from '../../tenant/tenant-id.ts';

/** 2026-01-01, in milliseconds since the Unix epoch. */
export const NOW_MS: number = Date.UTC(2026, 0, 1);

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  #wallShiftMs = 0;

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  wallMs(): number {
    return NOW_MS + this.#elapsedMs + this.#wallShiftMs;
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#elapsedMs += ms;
  }

  /** Sets the date only, as an operator does. */
  shiftWall(ms: number): void {
    this.#wallShiftMs += ms;
  }
}

/** A hash that shows its input, so that two keys are equal only if the parts are. */
export const plainHash: KeyedHash = { digest: (parts) => JSON.stringify(parts) };

/** The namespaces as tenants. */
export function tenants(...names: readonly string[]): readonly TenantId[] {
  return names.map((name) => {
    const tenant = parseTenantId(name);
    if (tenant === undefined) throw new TypeError(`${name} is no tenant`);
    return tenant;
  });
}

/** A token as the runtime reads it from a request. */
export function bearer(text: string): BearerToken {
  const token = readBearerToken([`Bearer ${text}`]);
  if (!token.ok) throw new TypeError('not a bearer token');
  return token.value;
}

/** A JWT with these claims and a signature that nobody made. */
export function unsignedJwt(claims: unknown, header: unknown = { alg: 'RS256' }): BearerToken {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  return bearer(`${encode(header)}.${encode(claims)}.c2lnbmF0dXJl`);
}

/** An identity with the members that matter to a test. */
export function identityOf(username: string, rest: Partial<Identity> = {}): Identity {
  return { username, uid: '', groups: [], extra: {}, ...rest };
}

/** Answers token reviews from a function, and keeps what it was asked. */
export class FakeTokenReviewer implements TokenReviewer {
  readonly calls: { readonly token: string; readonly audiences: readonly string[] }[] = [];
  readonly #answer: (token: string) => TokenVerdict | Promise<TokenVerdict>;

  constructor(answer: (token: string) => TokenVerdict | Promise<TokenVerdict>) {
    this.#answer = answer;
  }

  async reviewToken(token: BearerToken, audiences: readonly string[]): Promise<TokenVerdict> {
    this.calls.push({ token, audiences });
    return this.#answer(token);
  }
}

/** Answers access reviews from a function, and keeps what it was asked. */
export class FakeAccessReviewer implements AccessReviewer {
  readonly calls: AccessReviewSpec[] = [];
  readonly #answer: (spec: AccessReviewSpec) => AccessVerdict | Promise<AccessVerdict>;

  constructor(answer: (spec: AccessReviewSpec) => AccessVerdict | Promise<AccessVerdict>) {
    this.#answer = answer;
  }

  async reviewAccess(spec: AccessReviewSpec): Promise<AccessVerdict> {
    this.calls.push(spec);
    return this.#answer(spec);
  }

  /** The namespaces that were asked about, in order. */
  get tenants(): readonly string[] {
    return this.calls.map((spec) => spec.namespace);
  }
}

/** A local check with one outcome for every token, which keeps what it was asked. */
export class FakeIssuerVerifier implements IssuerVerifier {
  readonly issuers: string[] = [];
  readonly #outcome: LocalCheck;

  constructor(outcome: LocalCheck) {
    this.#outcome = outcome;
  }

  async checkToken(_token: BearerToken, issuer: string): Promise<LocalCheck> {
    this.issuers.push(issuer);
    return this.#outcome;
  }
}

/** A promise, and the function that fulfils it. */
export interface Gate<T> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
}

/** Makes a promise that a test fulfils when it is ready. */
export function gate<T>(): Gate<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, open: resolve };
}
