import { AUDIENCE, ISSUER } from './kube-apiserver.ts';
import { type KubeRequest, mustRequest } from './kube-request.ts';
import { poll } from './poll.ts';
import { readPath, readString } from './read-path.ts';
import type { TokenClaims, TokenSigner } from './token-signer.ts';

const HOUR_SECONDS = 3600;

/** What a token is asked for with. */
export interface TokenOptions {
  /** @defaultValue the API server's own */
  readonly audiences?: readonly string[];
  /** How long it is valid, in seconds. At least 600. @defaultValue 3600 */
  readonly durationSeconds?: number;
}

/** The ways to get a token of a ServiceAccount. */
export interface ClusterTokens {
  /** Asks for a token with a TokenRequest. */
  readonly requestToken: (
    namespace: string,
    serviceAccount: string,
    options?: TokenOptions,
  ) => Promise<string>;
  /** Makes a token Secret and waits until the controller manager, which must run, has filled it. */
  readonly legacyToken: (namespace: string, serviceAccount: string) => Promise<string>;
  /**
   * Gives the claims of a token for a ServiceAccount that exists, valid for an hour from now. Change
   * them and sign them to make a token that no TokenRequest would.
   */
  readonly tokenClaims: (namespace: string, serviceAccount: string) => Promise<TokenClaims>;
  /** Makes a token of exactly these claims, signed with the API server's key. */
  readonly signToken: (claims: TokenClaims) => Promise<string>;
}

/** Gives these ways for one cluster. */
export function prepareClusterTokens(request: KubeRequest, signer: TokenSigner): ClusterTokens {
  return {
    requestToken: async (namespace, serviceAccount, options = {}) => {
      const { audiences = [AUDIENCE], durationSeconds = HOUR_SECONDS } = options;
      const path = `${serviceAccountPath(namespace, serviceAccount)}/token`;
      const spec = { audiences, expirationSeconds: durationSeconds };
      return readString(await mustRequest(request, 'POST', path, { spec }), 'status', 'token');
    },
    legacyToken: (namespace, serviceAccount) => legacyToken(request, namespace, serviceAccount),
    tokenClaims: async (namespace, serviceAccount) => {
      const path = serviceAccountPath(namespace, serviceAccount);
      const uid = readString(await mustRequest(request, 'GET', path), 'metadata', 'uid');
      const now = Math.floor(Date.now() / 1000);
      return {
        iss: ISSUER,
        sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
        aud: [AUDIENCE],
        iat: now,
        nbf: now,
        exp: now + HOUR_SECONDS,
        'kubernetes.io': { namespace, serviceaccount: { name: serviceAccount, uid } },
      };
    },
    signToken: signer.signToken,
  };
}

async function legacyToken(
  request: KubeRequest,
  namespace: string,
  serviceAccount: string,
): Promise<string> {
  const secret = {
    metadata: {
      generateName: `${serviceAccount}-token-`,
      annotations: { 'kubernetes.io/service-account.name': serviceAccount },
    },
    type: 'kubernetes.io/service-account-token',
  };
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const created = await mustRequest(request, 'POST', secrets, secret);
  const path = `${secrets}/${readString(created, 'metadata', 'name')}`;
  const token = await poll(
    async () => readPath(await mustRequest(request, 'GET', path), 'data', 'token'),
    { what: `the controller manager to fill ${path}` },
  );
  return Buffer.from(String(token), 'base64').toString('utf8');
}

function serviceAccountPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
}
