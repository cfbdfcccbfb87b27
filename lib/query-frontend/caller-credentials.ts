import type { k8s } from 'cdk8s-plus-28';
import type {
  ClientCertificatesConfig,
  FrontProxyConfig,
  TokenHeader,
} from '../../frontend/config/access-credentials.ts';
import { SynthError } from '../synth-error.ts';
import { type MountedFolder, pathIn } from './mounted-folder.ts';

/** The key in which cert-manager and Kubernetes keep the certificates of an authority. */
const DEFAULT_KEY = 'ca.crt';

/**
 * A certificate authority of clients: certificates in PEM, its self-signed root included. The pod sees
 * a change within the minute or two that the kubelet takes, and takes it over without a restart.
 */
export class ClientAuthority {
  /** What names it, for comparisons and messages. */
  readonly id: string;
  readonly #source: k8s.VolumeProjection;

  private constructor(id: string, source: k8s.VolumeProjection) {
    this.id = id;
    this.#source = source;
  }

  /** Takes a key of a Secret in the namespace of the frontend; no other key of it is mounted. */
  static secret(name: string, key: string = DEFAULT_KEY): ClientAuthority {
    const items = [{ key, path: DEFAULT_KEY }];
    return new ClientAuthority(`Secret ${name}, ${key}`, { secret: { name, items } });
  }

  /** Takes a key of a ConfigMap in the namespace of the frontend. */
  static configMap(name: string, key: string = DEFAULT_KEY): ClientAuthority {
    const items = [{ key, path: DEFAULT_KEY }];
    return new ClientAuthority(`ConfigMap ${name}, ${key}`, { configMap: { name, items } });
  }

  /** The folder with its one file. */
  toFolder(name: string): MountedFolder {
    return { name, sources: [this.#source] };
  }
}

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
    readonly authority: ClientAuthority;
  };
  /**
   * Takes the word of front proxies for who is calling.
   * @default - nobody speaks for others
   */
  readonly frontProxy?: Pick<FrontProxyConfig, 'allowedNames'> &
    Partial<FrontProxyConfig> & {
      /** Who signs the certificates of the proxies, and nobody else's. */
      readonly authority: ClientAuthority;
    };
}

interface MountedAuthority {
  readonly folder: string;
  readonly setting: 'clientCaFile' | 'frontProxyCaFile';
  readonly authority: ClientAuthority;
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
      pathIn(folder, DEFAULT_KEY),
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
  return mountedAuthorities(credentials).map(({ authority, folder }) => authority.toFolder(folder));
}
