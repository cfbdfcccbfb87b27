import type {
  ClientCertificatesConfig,
  FrontProxyConfig,
  TokenHeader,
} from '../../frontend/config/access-credentials.ts';
import { SynthError } from '../synth-error.ts';
import { type MountedFolder, pathIn } from './mounted-folder.ts';
import type { TrustedAuthority } from './trusted-authority.ts';

/** The file of an authority, in a folder of its own. */
const FILE_NAME = 'ca.crt';

/** By what callers identify themselves, beside the bearer token of the Authorization header. */
export interface CallerCredentials {
  /**
   * Headers that a token is taken from.
   * @default ['authorization']
   */
  readonly tokenHeaders?: readonly TokenHeader[];
  /**
   * Takes client certificates: the common name is the user, the organizations are the groups.
   * @default - certificates identify nobody
   */
  readonly clientCertificates?: Partial<ClientCertificatesConfig> & {
    /** Who signs the certificates. */
    readonly authority: TrustedAuthority;
  };
  /**
   * Takes the word of front proxies for who is calling.
   * @default - nobody speaks for others
   */
  readonly frontProxy?: Pick<FrontProxyConfig, 'allowedNames'> &
    Partial<FrontProxyConfig> & {
      /** Who signs the certificates of the proxies, and nobody else's. */
      readonly authority: TrustedAuthority;
    };
}

interface MountedAuthority {
  readonly folder: string;
  readonly setting: 'clientCaFile' | 'frontProxyCaFile';
  readonly authority: TrustedAuthority;
}

function mountedAuthorities(credentials: CallerCredentials): readonly MountedAuthority[] {
  const { clientCertificates, frontProxy } = credentials;
  return [
    ...(clientCertificates === undefined
      ? []
      : [
          {
            folder: 'client-ca',
            setting: 'clientCaFile' as const,
            authority: clientCertificates.authority,
          },
        ]),
    ...(frontProxy === undefined
      ? []
      : [
          {
            folder: 'front-proxy-ca',
            setting: 'frontProxyCaFile' as const,
            authority: frontProxy.authority,
          },
        ]),
  ];
}

/** Refuses credentials that contradict each other, or the listener. */
export function refuseCredentials(
  subject: string,
  credentials: CallerCredentials,
  hasTls: boolean,
): void {
  const authorities = mountedAuthorities(credentials);
  if (authorities.length > 0 && !hasTls) {
    throw new SynthError(
      `${subject} credentials`,
      'client certificates are shown in TLS, and unsafePlainHttp switches that off',
      'leave unsafePlainHttp out, or the certificates',
    );
  }
  const [first, second] = authorities;
  if (second !== undefined && first?.authority.id === second.authority.id) {
    throw new SynthError(
      `${subject} credentials`,
      `clients and front proxies have one authority, ${second.authority.id}`,
      'give the front proxies an authority that signs for nobody else',
    );
  }
}

/** The settings of `listener.tls`. */
export function authoritySettings(
  credentials: CallerCredentials,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    mountedAuthorities(credentials).map(({ setting, folder }) => [
      setting,
      pathIn(folder, FILE_NAME),
    ]),
  );
}

/** The settings of `access`. */
export function credentialSettings(
  credentials: CallerCredentials,
): Readonly<Record<string, unknown>> {
  const { tokenHeaders, clientCertificates, frontProxy } = credentials;
  const { authority: _, ...certificates } = clientCertificates ?? {};
  const { authority: _authority, ...proxy } = frontProxy ?? {};
  return {
    ...(tokenHeaders !== undefined && { tokenHeaders: [...tokenHeaders] }),
    ...(clientCertificates !== undefined && { clientCertificates: certificates }),
    ...(frontProxy !== undefined && { frontProxy: proxy }),
  };
}

/** The folders of the authorities, one each. */
export function authorityFolders(credentials: CallerCredentials): readonly MountedFolder[] {
  return mountedAuthorities(credentials).map(({ authority, folder }) => ({
    name: folder,
    sources: [authority.toProjection(FILE_NAME)],
  }));
}
