import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';

/** Claims of a token. A ServiceAccount's token has its own under `kubernetes.io`. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** The key with which the API server signs tokens of ServiceAccounts. */
export interface TokenSigner {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;
  /** Makes a token of exactly these claims, which the API server takes for one of its own. */
  readonly signToken: (claims: TokenClaims) => Promise<string>;
}

/** Makes a new key pair and writes it below a folder of the caller's. */
export async function createTokenSigner(folder: string): Promise<TokenSigner> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const privateKeyFile = join(folder, 'service-account.key');
  const publicKeyFile = join(folder, 'service-account.pub');
  await writeFile(privateKeyFile, privateKey, { mode: 0o600 });
  await writeFile(publicKeyFile, publicKey);
  const key = createPrivateKey(privateKey);
  return {
    privateKeyFile,
    publicKeyFile,
    signToken: (claims) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(key),
  };
}
