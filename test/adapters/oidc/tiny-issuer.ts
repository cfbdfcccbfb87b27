import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { selfSignedCertificate } from '../../support/self-signed.ts';
import { tempFolder } from '../temp-folder.ts';

/** A key pair of an issuer. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Makes a key pair. */
export function signingKey(kid: string, alg: SigningKey['alg'] = 'ES256'): SigningKey {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, alg, ...pair };
}

/** An issuer of tokens: TLS, a discovery document and its keys, and nothing else of OpenID. */
export interface TinyIssuer extends AsyncDisposable {
  /** What stands in `iss`. */
  readonly url: string;
  /** The certificate authority of its TLS. */
  readonly caFile: string;
  /** The paths that were asked for. */
  readonly paths: readonly string[];
  /** The keys that it publishes, and the first of them signs. May be changed. */
  keys: readonly SigningKey[];
  /** What it answers instead. */
  instead:
    ((path: string) => { readonly status: number; readonly body: string } | undefined) | undefined;
  /** Signs a token that is valid for ten minutes from `nowMs`, with further claims. */
  sign(claims: object, options?: SignOptions): Promise<string>;
}

/** What else stands in a token. */
export interface SignOptions {
  readonly key?: SigningKey;
  readonly header?: Partial<JWTHeaderParameters>;
}

/** The audience of its tokens. */
export const CLIENT_ID = 'grafana';

/** Starts an issuer on loopback. */
export async function startTinyIssuer(nowMs: () => number = Date.now): Promise<TinyIssuer> {
  const { certPem, keyPem } = selfSignedCertificate(['127.0.0.1']);
  const folder = await tempFolder();
  const paths: string[] = [];
  const server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    const path = request.url ?? '';
    paths.push(path);
    const respond = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body);
    };
    const instead = issuer.instead?.(path);
    if (instead !== undefined) respond(instead.status, instead.body);
    else if (path === '/realm/.well-known/openid-configuration') {
      respond(200, JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
    } else if (path === '/realm/keys') {
      void publish(issuer.keys).then((body) => {
        respond(200, body);
      });
    } else respond(404, '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: TinyIssuer = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/realm`,
    caFile: await folder.write('ca.crt', certPem),
    paths,
    keys: [signingKey('first')],
    instead: undefined,
    sign: async (claims, { key = issuer.keys[0], header } = {}) => {
      if (key === undefined) throw new TypeError('the issuer has no key');
      const now = Math.floor(nowMs() / 1_000);
      const times = { iat: now, nbf: now, exp: now + 600 };
      return new SignJWT({ iss: issuer.url, aud: CLIENT_ID, sub: '7', ...times, ...claims })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
        .sign(key.privateKey);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
  return issuer;
}

async function publish(keys: readonly SigningKey[]): Promise<string> {
  const published = keys.map(async ({ kid, alg, publicKey }) => ({
    ...(await exportJWK(publicKey)),
    kid,
    alg,
    use: 'sig',
  }));
  return JSON.stringify({ keys: await Promise.all(published) });
}
