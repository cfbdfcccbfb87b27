import { readFile } from 'node:fs/promises';
import { isBearerToken } from '../../access/bearer-token.ts';
import type { CommandSpec, OptionValues } from '../../command-line.ts';
import { accept, refuse, type Result } from '../../result.ts';

/** The variable of the environment that holds the token. */
export const TOKEN_VARIABLE = 'PROMETHEUS_TENANCY_KIT_TOKEN';

/** The options that say who asks. */
export const CALLER_OPTIONS: CommandSpec['options'] = [
  {
    name: 'token-file',
    value: 'FILE',
    description: `File of the bearer token. Without it the token is taken from ${TOKEN_VARIABLE}; the command line, which other users see, takes none.`,
  },
  {
    name: 'cert-file',
    value: 'FILE',
    description: 'Client certificate to show instead of a token, PEM.',
  },
  { name: 'key-file', value: 'FILE', description: 'Private key of the client certificate, PEM.' },
];

/** Who asks: by a token, or by a client certificate. */
export type Caller =
  | { readonly token: string }
  | { readonly certificate: { readonly cert: string; readonly key: string } };

/**
 * Reads by what the person at the terminal identifies itself: one thing, because a frontend refuses
 * two at once.
 */
export async function readCaller(
  options: OptionValues,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<Caller, string>> {
  const [tokenFile, certFile, keyFile] = ['token-file', 'cert-file', 'key-file'].map(
    (name) => options.get(name)?.[0],
  );
  if (certFile === undefined && keyFile === undefined) return readToken(tokenFile, env);
  if (certFile === undefined || keyFile === undefined) {
    return refuse('--cert-file and --key-file belong together');
  }
  if (tokenFile !== undefined) return refuse('use --token-file or --cert-file, not both');
  const cert = await readText(certFile);
  if (!cert.ok) return cert;
  const key = await readText(keyFile);
  return key.ok ? accept({ certificate: { cert: cert.value, key: key.value } }) : key;
}

/** Reads a file of text. */
export async function readText(file: string): Promise<Result<string, string>> {
  try {
    return accept(await readFile(file, 'utf8'));
  } catch {
    return refuse(`${file} cannot be read`);
  }
}

async function readToken(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<Caller, string>> {
  const stored = file === undefined ? accept(env[TOKEN_VARIABLE] ?? '') : await readText(file);
  if (!stored.ok) return stored;
  const token = stored.value.trim();
  if (token === '') return refuse(`there is no token: set ${TOKEN_VARIABLE}, or use --token-file`);
  return isBearerToken(token)
    ? accept({ token })
    : refuse('the token is too long, or not visible ASCII');
}
