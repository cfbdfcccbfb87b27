import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import type { OidcVerdict } from '../../../frontend/access/oidc-verifier.ts';
import {
  KEYS_COOLDOWN_MS,
  KEYS_MAX_AGE_MS,
} from '../../../frontend/adapters/oidc/followed-keys.ts';
import { createOidcVerifier } from '../../../frontend/adapters/oidc/oidc-verifier.ts';
import { KEYS_RETRY_MS } from '../../../frontend/adapters/oidc/published-keys.ts';
import type { OidcIssuerConfig } from '../../../frontend/config/access-oidc.ts';
import { bearer, FakeClock, NOW_MS } from '../../access/fakes.ts';
import { CLIENT_ID, signingKey, startTinyIssuer, type TinyIssuer } from './tiny-issuer.ts';

const NOW = NOW_MS / 1_000;

interface Setup extends AsyncDisposable {
  readonly issuer: TinyIssuer;
  readonly clock: FakeClock;
  readonly events: readonly string[];
  readonly check: (token: string, iss?: string) => Promise<OidcVerdict>;
  readonly refresh: () => Promise<void>;
}

async function setUp(config: Partial<OidcIssuerConfig> = {}): Promise<Setup> {
  const clock = new FakeClock();
  const issuer = await startTinyIssuer(() => clock.wallMs());
  const events: string[] = [];
  const verifier = createOidcVerifier(
    [
      {
        issuer: issuer.url,
        audiences: [CLIENT_ID],
        algorithms: ['RS256', 'ES256'],
        usernameClaim: 'sub',
        usernamePrefix: 'idp:',
        requireEmailVerified: true,
        caFile: issuer.caFile,
        ...config,
      },
    ],
    {
      clock,
      log: (_level, event) => {
        events.push(event);
      },
    },
  );
  return {
    issuer,
    clock,
    events,
    check: (token, iss = issuer.url) => verifier.verifyToken(bearer(token), iss),
    refresh: () => verifier.refresh(),
    [Symbol.asyncDispose]: () => issuer[Symbol.asyncDispose](),
  };
}

// A token in parts, signed by hand: the library makes none of the bad ones.
function assemble(header: object, claims: object, signature: (input: string) => string): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signature(input)}`;
}

describe('the verifier of configured issuers', () => {
  it('knows an issuer to the letter', () => {
    const config = {
      issuer: 'https://idp.example/realm',
      audiences: [CLIENT_ID],
      algorithms: ['ES256'],
      usernameClaim: 'sub',
      usernamePrefix: 'idp:',
      requireEmailVerified: true,
    };
    const verifier = createOidcVerifier([config], { clock: new FakeClock(), log: () => undefined });
    expect(verifier.knowsIssuer('https://idp.example/realm')).toBe(true);
    for (const other of [
      'https://idp.example/realm/',
      'http://idp.example/realm',
      'https://IDP.example/realm',
      'https://idp.example/realm2',
      'https://idp.example',
      '',
    ]) {
      expect(verifier.knowsIssuer(other)).toBe(false);
    }
  });

  it('makes an identity of a good token, with keys of the discovery document', async () => {
    await using it = await setUp({ groupsClaim: 'teams', groupsPrefix: 'idp-' });
    const token = await it.issuer.sign({ sub: 'jane', teams: ['devs'] });
    expect(await it.check(token)).toEqual({
      kind: 'authenticated',
      identity: { username: 'idp:jane', uid: '', groups: ['idp-devs'], extra: {} },
    });
    expect(await it.check(token)).toMatchObject({ kind: 'authenticated' });
    expect(it.issuer.paths).toEqual(['/realm/.well-known/openid-configuration', '/realm/keys']);
  });

  it.each<[string, object]>([
    ['another audience', { aud: 'vault' }],
    ['an audience that only begins alike', { aud: `${CLIENT_ID}-admin` }],
    ['no audience', { aud: undefined }],
    ['an audience in an object', { aud: { [CLIENT_ID]: true } }],
    ['another issuer', { iss: 'https://idp.example' }],
    ['an end that has passed', { exp: NOW }],
    ['an end that is a text', { exp: String(NOW + 600) }],
    ['no end', { exp: undefined }],
    ['a beginning yet to come', { nbf: NOW + 120 }],
    ['no subject', { sub: undefined }],
    ['a reserved user name', { sub: 'system:serviceaccount:team-a:grafana' }],
  ])('rejects a token with %s', async (_case, claims) => {
    await using it = await setUp();
    expect(await it.check(await it.issuer.sign(claims))).toEqual({ kind: 'rejected' });
  });

  it('takes one of several audiences', async () => {
    await using it = await setUp({ audiences: ['other', CLIENT_ID] });
    const token = await it.issuer.sign({ aud: ['account', CLIENT_ID] });
    expect(await it.check(token)).toMatchObject({ kind: 'authenticated' });
  });

  it('takes the configured algorithms and no others', async () => {
    await using it = await setUp({ algorithms: ['RS256'] });
    expect(await it.check(await it.issuer.sign({}))).toEqual({ kind: 'rejected' });
    it.issuer.keys = [signingKey('rsa', 'RS256')];
    it.clock.advance(KEYS_COOLDOWN_MS);
    expect(await it.check(await it.issuer.sign({}))).toMatchObject({ kind: 'authenticated' });
  });

  it.each<[string, (issuer: TinyIssuer) => string | Promise<string>]>([
    ['algorithm none', ({ url }) => assemble({ alg: 'none' }, claimsOf(url), () => '')],
    [
      'HS256 with the public key as the secret',
      ({ url, keys }) =>
        assemble({ alg: 'HS256', kid: 'first' }, claimsOf(url), (input) =>
          createHmac('sha256', keys[0]?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '')
            .update(input)
            .digest('base64url'),
        ),
    ],
    [
      'a key of its own, which it says where to find',
      async ({ sign }) => {
        const own = signingKey('first');
        const jwk = await exportJWK(own.publicKey);
        const where = 'https://192.0.2.1/keys';
        return sign({}, { key: own, header: { jwk, jku: where, x5u: where } });
      },
    ],
    ['no signature', ({ url }) => assemble({ alg: 'ES256' }, claimsOf(url), () => '')],
    [
      'a critical extension',
      ({ url }) =>
        assemble({ alg: 'ES256', kid: 'first', crit: ['x'] }, claimsOf(url), () => 'AAAA'),
    ],
  ])('rejects a token with %s, and asks for nothing because of it', async (_case, make) => {
    await using it = await setUp();
    await it.refresh();
    expect(await it.check(await make(it.issuer))).toEqual({ kind: 'rejected' });
    expect(it.issuer.paths).toHaveLength(2);
  });

  it('keeps issuers apart that use one kid', async () => {
    await using one = await setUp();
    await using other = await setUp();
    const token = await other.issuer.sign({ iss: one.issuer.url });
    expect(await one.check(token)).toEqual({ kind: 'rejected' });
  });
});

describe('the keys of a configured issuer', () => {
  it('are read again for an unknown one', async () => {
    await using it = await setUp();
    await it.refresh();
    it.issuer.keys = [signingKey('second'), ...it.issuer.keys];
    it.clock.advance(KEYS_COOLDOWN_MS);
    expect(await it.check(await it.issuer.sign({}))).toMatchObject({ kind: 'authenticated' });
    expect(it.issuer.paths).toHaveLength(4);
  });

  it('are read once in a cooldown, whatever flood of unknown keys comes', async () => {
    await using it = await setUp();
    await it.refresh();
    it.clock.advance(KEYS_COOLDOWN_MS);
    for (let turn = 0; turn < 100; turn += 1) {
      const header = { alg: 'ES256', kid: `../${turn}` };
      const token = assemble(header, claimsOf(it.issuer.url), () => 'AAAA');
      expect(await it.check(token)).toEqual({ kind: 'rejected' });
    }
    expect(it.issuer.paths).toHaveLength(4);
  });

  it('are followed when one is withdrawn', async () => {
    await using it = await setUp();
    const token = await it.issuer.sign({ exp: NOW + 86_400 });
    expect(await it.check(token)).toMatchObject({ kind: 'authenticated' });
    it.issuer.keys = [signingKey('second')];
    it.clock.advance(KEYS_MAX_AGE_MS);
    await it.check(token);
    await it.refresh();
    expect(await it.check(token)).toEqual({ kind: 'rejected' });
  });

  it.each<[string, (path: string) => { status: number; body: string } | undefined]>([
    ['an error', () => ({ status: 500, body: '{}' })],
    ['a redirect', () => ({ status: 302, body: '{}' })],
    ['no JSON', () => ({ status: 200, body: '<html>' })],
    [
      'the discovery of another issuer',
      () => ({ status: 200, body: '{"issuer":"https://x","jwks_uri":"https://127.0.0.1:1/"}' }),
    ],
    [
      'no keys',
      (path) => (path.endsWith('/keys') ? { status: 200, body: '{"keys":[]}' } : undefined),
    ],
    ['too much', () => ({ status: 200, body: ' '.repeat(1_100_000) })],
  ])('leave a token without a verdict where the issuer answers with %s', async (_case, instead) => {
    await using it = await setUp();
    const token = await it.issuer.sign({});
    it.issuer.instead = instead;
    expect(await it.check(token)).toEqual({ kind: 'unknown' });
    expect(await it.check(token)).toEqual({ kind: 'unknown' });
    expect(it.events).toEqual(['issuer_keys_failing']);
    it.issuer.instead = undefined;
    it.clock.advance(KEYS_RETRY_MS);
    expect(await it.check(token)).toMatchObject({ kind: 'authenticated' });
    expect(it.events).toEqual(['issuer_keys_failing', 'issuer_keys_read_again']);
  });

  it('are not read in clear text, whatever the discovery document says', async () => {
    await using it = await setUp();
    const token = await it.issuer.sign({});
    const body = JSON.stringify({ issuer: it.issuer.url, jwks_uri: 'http://127.0.0.1:1/keys' });
    it.issuer.instead = () => ({ status: 200, body });
    expect(await it.check(token)).toEqual({ kind: 'unknown' });
  });

  it('are not read where the discovery document is that of another issuer', async () => {
    await using it = await setUp();
    const token = await it.issuer.sign({});
    const keysUrl = `${it.issuer.url}/keys`;
    const body = JSON.stringify({ issuer: `${it.issuer.url}/`, jwks_uri: keysUrl });
    it.issuer.instead = (path) => (path.endsWith('/keys') ? undefined : { status: 200, body });
    expect(await it.check(token)).toEqual({ kind: 'unknown' });
    expect(it.issuer.paths).not.toContain('/realm/keys');
  });

  it('are read of the holder of the certificate alone', async () => {
    await using it = await setUp();
    await using stranger = await setUp({ issuer: it.issuer.url });
    expect(await stranger.check(await it.issuer.sign({}), it.issuer.url)).toEqual({
      kind: 'unknown',
    });
    expect(it.issuer.paths).toEqual([]);
  });

  it('serve on while the issuer is away', async () => {
    await using it = await setUp();
    const token = await it.issuer.sign({ exp: NOW + 86_400 });
    await it.check(token);
    it.issuer.instead = () => ({ status: 503, body: '{}' });
    it.clock.advance(KEYS_MAX_AGE_MS);
    expect(await it.check(token)).toMatchObject({ kind: 'authenticated' });
    await it.refresh();
    expect(await it.check(token)).toMatchObject({ kind: 'authenticated' });
    const unknown = await it.issuer.sign({}, { key: signingKey('second') });
    expect(await it.check(unknown)).toEqual({ kind: 'unknown' });
  });
});

function claimsOf(iss: string): object {
  return { iss, aud: CLIENT_ID, sub: 'jane', iat: NOW, exp: NOW + 600 };
}
