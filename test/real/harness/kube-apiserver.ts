import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partBinary } from './build-part.ts';
import { sendRequest } from './http-request.ts';
import { freePort } from './places.ts';
import { type RunningServer, startServer } from './processes.ts';
import { createTokenSigner, type TokenSigner } from './token-signer.ts';

/** The issuer of the tokens that the API server makes. */
export const ISSUER = 'https://kubernetes.default.svc';

/** The audience of such a token when none is asked for. */
export const AUDIENCE = 'https://kubernetes.default.svc';

/** A token whose holder may do everything. */
export const ADMIN_TOKEN = 'tenancy-kit-admin';

/** What an API server is started with. */
export interface KubeApiserverOptions {
  /** Where certificates, keys and the log go. */
  readonly folder: string;
  readonly etcdUrl: string;
  /** Further command line flags. */
  readonly flags: readonly string[];
}

/** An API server that can be stopped and started again at the same address. */
export interface KubeApiserver {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** The certificates, as PEM, that vouch for it. */
  readonly caFile: string;
  readonly logFile: string;
  readonly tokenSigner: TokenSigner;
  /** Starts it and waits until it is ready. Does nothing while it runs. */
  readonly start: () => Promise<void>;
  /** Stops it. What it knows is kept by etcd. */
  readonly stop: () => Promise<void>;
}

/** Prepares an API server. It does not run yet. */
export async function prepareKubeApiserver(options: KubeApiserverOptions): Promise<KubeApiserver> {
  const program = await partBinary('kube-apiserver');
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const certDir = join(options.folder, 'apiserver');
  const tokenFile = join(options.folder, 'tokens.csv');
  await mkdir(certDir);
  await writeFile(tokenFile, `${ADMIN_TOKEN},admin,1,system:masters\n`, { mode: 0o600 });
  const tokenSigner = await createTokenSigner(options.folder);
  // The server makes this certificate at its first start: one for 127.0.0.1 and the one that
  // vouches for it.
  const caFile = join(certDir, 'apiserver.crt');
  const logFile = join(options.folder, 'kube-apiserver.log');

  const args = [
    `--etcd-servers=${options.etcdUrl}`,
    `--cert-dir=${certDir}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    `--service-account-issuer=${ISSUER}`,
    `--service-account-key-file=${tokenSigner.publicKeyFile}`,
    `--service-account-signing-key-file=${tokenSigner.privateKeyFile}`,
    `--api-audiences=${AUDIENCE}`,
    `--token-auth-file=${tokenFile}`,
    '--authorization-mode=RBAC',
    // Without a controller manager there is no ServiceAccount `default` for a Pod to use.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    ...options.flags,
  ];
  let running: RunningServer | undefined;
  return {
    url,
    caFile,
    logFile,
    tokenSigner,
    start: async () => {
      running ??= await startServer({
        program,
        args,
        folder: options.folder,
        logFile,
        isReady: () => isReady(url, caFile),
        readyWithinMs: 120_000,
      });
    },
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
  };
}

/** The server calls itself ready a moment before it has made the namespaces of its own. */
async function isReady(url: string, caFile: string): Promise<boolean> {
  const ca = await readFile(caFile, 'utf8');
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  for (const path of ['/readyz', '/api/v1/namespaces/default']) {
    if ((await sendRequest({ url: url + path, headers, ca })).status !== 200) {
      return false;
    }
  }
  return true;
}
