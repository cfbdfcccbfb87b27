import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { SILENT_OBSERVER } from '../../../frontend/access/access-observer.ts';
import { IssuerKeys } from '../../../frontend/adapters/kubernetes/issuer-keys.ts';
import {
  KEYS_COOLDOWN_MS,
  KEYS_MAX_AGE_MS,
} from '../../../frontend/adapters/oidc/followed-keys.ts';
import { Fault } from '../../../frontend/fault.ts';
import { bearer, FakeClock, NOW_MS } from '../../access/fakes.ts';

const ISSUER = 'https://kubernetes.default.svc';
const NOW = NOW_MS / 1_000;
const CLAIMS = {
  iss: ISSUER,
  sub: 'system:serviceaccount:a:b',
  iat: NOW,
  nbf: NOW,
  exp: NOW + 600,
};

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function signingKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

const FIRST = signingKey('first');
const SECOND = signingKey('second');

interface SignOptions {
  readonly key?: SigningKey;
  readonly header?: object;
}

async function sign(
  claims: JWTPayload,
  { key = FIRST, header }: SignOptions = {},
): Promise<string> {
  const protectedHeader = { alg: 'RS256', kid: key.kid, ...header };
  return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(key.privateKey);
}

// A token in parts, signed by hand: the library makes none of the bad ones.
function assemble(header: object, claims: object, signature: (input: string) => string): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signature(input)}`;
}

/** An API server that publishes keys, and the local check over it. */
function setUp(published: readonly SigningKey[] = [FIRST]) {
  const clock = new FakeClock();
  const paths: string[] = [];
  const state = { published, issuer: ISSUER, isAway: false };
  const refreshes: string[] = [];
  const get = async (path: string): Promise<unknown> => {
    paths.push(path);
    if (state.isAway) throw new Fault('api_server_unreachable', 'away');
    if (path === '/.well-known/openid-configuration') {
      return { issuer: state.issuer, jwks_uri: 'https://192.0.2.1/openid/v1/jwks' };
    }
    const keys = state.published.map(async ({ kid, publicKey }) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: 'RS256',
      use: 'sig',
    }));
    return { keys: await Promise.all(keys) };
  };
  const observer = {
    ...SILENT_OBSERVER,
    issuerKeysRefreshed: (outcome: string) => refreshes.push(outcome),
  };
  const keys = new IssuerKeys({ client: { get }, clock, observer });
  const check = (token: string, issuer = ISSUER): Promise<string> =>
    keys.checkToken(bearer(token), issuer);
  return { clock, keys, check, state, paths, refreshes };
}

describe('the local check of the issuer', () => {
  it('passes a token with a good signature, and reads keys where the API server is', async () => {
    const { keys, check, paths } = setUp();
    await keys.refresh();
    expect(await check(await sign(CLAIMS))).toBe('passed');
    expect(paths).toEqual(['/.well-known/openid-configuration', '/openid/v1/jwks']);
  });

  it.each<[string, JWTPayload]>([
    ['expired this second', { ...CLAIMS, exp: NOW }],
    ['expired a minute ago', { ...CLAIMS, exp: NOW - 60 }],
    ['valid two minutes from now', { ...CLAIMS, nbf: NOW + 120 }],
  ])('rejects a token that is %s', async (_case, claims) => {
    const { keys, check } = setUp();
    await keys.refresh();
    expect(await check(await sign(claims))).toBe('rejected');
  });

  it('passes a token of a clock that runs ahead', async () => {
    const { keys, check } = setUp();
    await keys.refresh();
    expect(await check(await sign({ ...CLAIMS, nbf: NOW + 30, iat: NOW + 30 }))).toBe('passed');
  });

  it('rejects the token that it passed, once its time is over', async () => {
    const { keys, check, clock } = setUp();
    await keys.refresh();
    const token = await sign({ ...CLAIMS, exp: NOW + 3 });
    expect(await check(token)).toBe('passed');
    clock.advance(4_000);
    expect(await check(token)).toBe('rejected');
  });

  it.each<[string, object]>([
    ['no end', { iss: ISSUER, sub: 'x' }],
    ['no subject', { iss: ISSUER, exp: NOW + 600 }],
    ['an end that is a text', { ...CLAIMS, exp: String(NOW + 600) }],
    ['an issuer with a slash more', { ...CLAIMS, iss: `${ISSUER}/` }],
  ])('rejects a token with %s, signed as it may be', async (_case, claims) => {
    const { keys, check } = setUp();
    await keys.refresh();
    const { createSign } = await import('node:crypto');
    const token = assemble({ alg: 'RS256', kid: 'first' }, claims, (input) =>
      createSign('sha256').update(input).sign(FIRST.privateKey).toString('base64url'),
    );
    expect(await check(token)).toBe('rejected');
  });

  it.each<[string, () => string | Promise<string>]>([
    ['algorithm none', () => assemble({ alg: 'none' }, CLAIMS, () => '')],
    ['algorithm None and a kid', () => assemble({ alg: 'None', kid: 'first' }, CLAIMS, () => '')],
    [
      'HS256 with the public key as the secret',
      () =>
        assemble({ alg: 'HS256', kid: 'first' }, CLAIMS, (input) =>
          createHmac('sha256', FIRST.publicKey.export({ type: 'spki', format: 'pem' }))
            .update(input)
            .digest('base64url'),
        ),
    ],
    ['a signature of nobody', () => assemble({ alg: 'RS256', kid: 'first' }, CLAIMS, () => 'AAAA')],
    ['the signature of another key', () => sign(CLAIMS, { key: { ...SECOND, kid: 'first' } })],
    [
      'a key of its own in the header',
      async () =>
        sign(CLAIMS, {
          key: { ...SECOND, kid: 'first' },
          header: {
            jwk: await exportJWK(SECOND.publicKey),
            jku: 'https://192.0.2.1/keys',
            x5u: 'https://192.0.2.1/x5u',
          },
        }),
    ],
    [
      'a critical extension',
      () => assemble({ alg: 'RS256', kid: 'first', crit: ['exp'] }, CLAIMS, () => 'AAAA'),
    ],
    ['a kid that is no text', () => assemble({ alg: 'RS256', kid: 7 }, CLAIMS, () => 'AAAA')],
    ['a header that is no JSON', () => `e30x.${Buffer.from('{}').toString('base64url')}.AAAA`],
  ])('rejects a token with %s, and fetches nothing for it', async (_case, make) => {
    const { keys, check, paths } = setUp();
    await keys.refresh();
    expect(await check(await make())).toBe('rejected');
    expect(paths).toHaveLength(2);
  });

  it.each([
    `${ISSUER}/`,
    'http://kubernetes.default.svc',
    'https://kubernetes.default.svc.evil',
    '',
  ])('does not apply to the issuer %s', async (issuer) => {
    const { keys, check } = setUp();
    await keys.refresh();
    expect(await check(await sign({ ...CLAIMS, iss: issuer }), issuer)).toBe('not_applicable');
  });

  it.each([[[FIRST]], [[SECOND, FIRST]]])(
    'tries every key for a token without a kid',
    async (set) => {
      const { keys, check } = setUp(set);
      await keys.refresh();
      expect(await check(await sign(CLAIMS, { header: { kid: undefined } }))).toBe('passed');
      const forged = await sign(CLAIMS, { key: signingKey('third'), header: { kid: undefined } });
      expect(await check(forged)).toBe('rejected');
    },
  );
});

describe('the keys of the issuer', () => {
  it('are read again for an unknown one, and then known', async () => {
    const { keys, check, clock, state, refreshes } = setUp();
    await keys.refresh();
    state.published = [FIRST, SECOND];
    clock.advance(KEYS_COOLDOWN_MS);
    expect(await check(await sign(CLAIMS, { key: SECOND }))).toBe('passed');
    expect(refreshes).toEqual(['read', 'read']);
  });

  it('are read once in a cooldown, whatever flood of unknown keys comes', async () => {
    const { keys, check, clock, refreshes } = setUp();
    await keys.refresh();
    clock.advance(KEYS_COOLDOWN_MS);
    const kids = ['../../etc/passwd', "' or 1=1 --", 'https://192.0.2.1/', 'k'.repeat(4_000)];
    for (let turn = 0; turn < 200; turn += 1) {
      const kid = `${kids[turn % kids.length] ?? ''}${turn}`;
      const token = assemble({ alg: 'RS256', kid }, CLAIMS, () => 'AAAA');
      expect(await check(token)).toBe('rejected');
    }
    expect(refreshes).toHaveLength(2);
  });

  it('are read once for many at a time', async () => {
    const { keys, check, clock, refreshes } = setUp();
    await keys.refresh();
    clock.advance(KEYS_COOLDOWN_MS);
    const token = assemble({ alg: 'RS256', kid: 'x' }, CLAIMS, () => 'AAAA');
    await Promise.all(Array.from({ length: 50 }, () => check(token)));
    expect(refreshes).toHaveLength(2);
  });

  it('blame no token when they cannot be read', async () => {
    const { keys, check, clock, state } = setUp();
    await keys.refresh();
    clock.advance(KEYS_COOLDOWN_MS);
    state.isAway = true;
    const unknown = await sign(CLAIMS, { key: SECOND });
    expect(await check(unknown)).toBe('not_applicable');
    expect(await check(unknown)).toBe('not_applicable');
    expect(await check(await sign(CLAIMS))).toBe('passed');
  });

  it('are tried again later when the first attempt failed', async () => {
    const { keys, check, clock, state, refreshes } = setUp();
    state.isAway = true;
    await keys.refresh();
    const token = await sign(CLAIMS);
    expect(await check(token)).toBe('not_applicable');
    state.isAway = false;
    await keys.refresh();
    expect(refreshes).toEqual(['failed']);
    clock.advance(KEYS_COOLDOWN_MS);
    expect(await check(token)).toBe('not_applicable');
    await keys.refresh();
    expect(await check(token)).toBe('passed');
  });

  it('are read again when they are old, without making anybody wait', async () => {
    const { keys, check, clock, state, refreshes } = setUp();
    await keys.refresh();
    state.published = [SECOND];
    clock.advance(KEYS_MAX_AGE_MS);
    const claims = { ...CLAIMS, exp: NOW + 86_400 };
    expect(await check(await sign(claims))).toBe('passed');
    await keys.refresh();
    expect(refreshes).toEqual(['read', 'read']);
    expect(await check(await sign(claims))).toBe('rejected');
  });

  it.each<[string, object]>([
    ['no issuer', { issuer: '' }],
    ['no key', { published: [] }],
  ])('are none in an answer with %s', async (_case, change) => {
    const { keys, check, state, refreshes } = setUp();
    Object.assign(state, change);
    await keys.refresh();
    expect(await check(await sign(CLAIMS))).toBe('not_applicable');
    expect(refreshes).toEqual(['failed']);
  });
});
