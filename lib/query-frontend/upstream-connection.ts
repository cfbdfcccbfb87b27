import type { k8s } from 'cdk8s-plus-28';
import type { BearerToken } from './bearer-token.ts';
import { type MountedFolder, pathIn } from './mounted-folder.ts';
import type { TrustedAuthority } from './trusted-authority.ts';

/** Whose certificates are trusted on the way to an upstream, and which one is shown. */
export interface UpstreamTls {
  /**
   * Who signs the certificate of the upstream. It is always verified.
   * @default - the authorities that Node brings
   */
  readonly authority?: TrustedAuthority;
  /**
   * Secret with the keys `tls.crt` and `tls.key`: the client certificate of the frontend.
   * @default - none is shown
   */
  readonly clientCertificateSecret?: string;
  /**
   * Name that the certificate of the upstream must carry.
   * @default - the host of its URL
   */
  readonly serverName?: string;
}

/** How the frontend and an upstream know each other, and how many connections there are. */
export interface UpstreamConnection {
  /**
   * Settings of TLS, for an upstream whose URL is `https`.
   * @default - none
   */
  readonly tls?: UpstreamTls;
  /**
   * By which token the frontend makes itself known. It needs TLS.
   * @default - none
   */
  readonly bearerToken?: BearerToken;
  /**
   * Connections at once, of one replica.
   * @default - 256 for queries, 32 for every other upstream
   */
  readonly maxSockets?: number;
}

const CERTIFICATE_KEYS = ['tls.crt', 'tls.key'] as const;

/** The settings of a connection. The runtime itself says what of them fits the URL. */
export function connectionSettings(
  folder: string,
  { tls, bearerToken, maxSockets }: UpstreamConnection,
): Readonly<Record<string, unknown>> {
  return {
    ...(maxSockets !== undefined && { maxSockets }),
    ...(tls !== undefined && { tls: tlsSettings(folder, tls) }),
    ...(bearerToken !== undefined && { bearerTokenFile: pathIn(folder, 'token') }),
  };
}

function tlsSettings(folder: string, tls: UpstreamTls): Readonly<Record<string, string>> {
  return {
    ...(tls.authority !== undefined && { caFile: pathIn(folder, 'ca.crt') }),
    ...(tls.clientCertificateSecret !== undefined && {
      certFile: pathIn(folder, 'tls.crt'),
      keyFile: pathIn(folder, 'tls.key'),
    }),
    ...(tls.serverName !== undefined && { serverName: tls.serverName }),
  };
}

/** The folder with the files of a connection, which is empty where it needs none. */
export function connectionFolder(
  name: string,
  { tls, bearerToken }: UpstreamConnection,
): MountedFolder {
  const sources: (k8s.VolumeProjection | undefined)[] = [
    tls?.authority?.toProjection('ca.crt'),
    certificateProjection(tls?.clientCertificateSecret),
    bearerToken?.toProjection('token'),
  ];
  return { name, sources: sources.filter((it) => it !== undefined) };
}

function certificateProjection(secretName: string | undefined): k8s.VolumeProjection | undefined {
  if (secretName === undefined) return undefined;
  const items = CERTIFICATE_KEYS.map((key) => ({ key, path: key }));
  return { secret: { name: secretName, items } };
}
