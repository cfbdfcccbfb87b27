import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { addMutualCertificates } from '../mutual-certificates.ts';
import type { CertManagerIssuer } from '../query-frontend/serving-certificate.ts';

/** The certificates with which Thanos components know each other. */
export interface GrpcSecrets {
  /**
   * Secret with the keys `tls.crt`, `tls.key` and `ca.crt` for whoever answers. The certificate names
   * `serverName`, and `ca.crt` signs the certificates of those who ask.
   * @default 'thanos-grpc-server-tls'
   */
  readonly server?: string;
  /**
   * Secret with the same keys for whoever asks.
   * @default 'thanos-grpc-client-tls'
   */
  readonly client?: string;
  /**
   * The DNS name in the certificate of the servers. It is one name for all of them, because they are
   * asked at the addresses of their pods.
   * @default 'thanos-grpc'
   */
  readonly serverName?: string;
}

/** Settings of {@link GrpcTls.certManager}. */
export interface GrpcCertificatesProps extends GrpcSecrets {
  /**
   * Who signs. It must be a certificate authority, because both sides verify with its certificate, and
   * one that signs for nobody else: Thanos lets in whoever shows a certificate of it, whatever its name.
   */
  readonly issuer: CertManagerIssuer;
}

/**
 * Mutual TLS between Thanos components: whoever answers the Store API shows a certificate, and so
 * does whoever asks.
 *
 * The same value is given to every component that answers. A querier takes what it needs from its
 * endpoints, so both ends agree.
 */
export class GrpcTls {
  /** Secret of those who answer. */
  readonly serverSecret: string;
  /** Secret of those who ask. */
  readonly clientSecret: string;
  /** The name that those who ask expect. */
  readonly serverName: string;

  private constructor(secrets: GrpcSecrets) {
    this.serverSecret = secrets.server ?? 'thanos-grpc-server-tls';
    this.clientSecret = secrets.client ?? 'thanos-grpc-client-tls';
    this.serverName = secrets.serverName ?? 'thanos-grpc';
  }

  /** Takes the certificates from Secrets that exist. */
  static fromSecrets(secrets: GrpcSecrets = {}): GrpcTls {
    return new GrpcTls(secrets);
  }

  /** Asks cert-manager for both, valid for 90 days and renewed 30 days before that. */
  static certManager(scope: Construct, id: string, props: GrpcCertificatesProps): GrpcTls {
    const tls = new GrpcTls(props);
    addMutualCertificates(new Construct(scope, id), {
      issuer: props.issuer,
      server: { secretName: tls.serverSecret, name: tls.serverName },
      client: { secretName: tls.clientSecret, name: `${tls.serverName}-client` },
    });
    return tls;
  }
}

/** Which end of a connection a pod is. */
export type GrpcEnd = 'server' | 'client';

const FOLDERS: Readonly<Record<GrpcEnd, string>> = {
  server: '/etc/thanos/grpc-server',
  client: '/etc/thanos/grpc-client',
};

/** The files of one end, as they appear in its pod. */
export function grpcFiles(end: GrpcEnd): { cert: string; key: string; ca: string } {
  const folder = FOLDERS[end];
  return { cert: `${folder}/tls.crt`, key: `${folder}/tls.key`, ca: `${folder}/ca.crt` };
}

/** The volumes of these ends of the connection; none without TLS. */
export function grpcVolumes(tls: GrpcTls | undefined, ...ends: readonly GrpcEnd[]): k8s.Volume[] {
  if (tls === undefined) return [];
  return ends.map((end) => ({
    name: `grpc-${end}-tls`,
    secret: {
      secretName: end === 'server' ? tls.serverSecret : tls.clientSecret,
      defaultMode: 0o440,
    },
  }));
}

/** The mounts that belong to {@link grpcVolumes}. */
export function grpcMounts(
  tls: GrpcTls | undefined,
  ...ends: readonly GrpcEnd[]
): k8s.VolumeMount[] {
  if (tls === undefined) return [];
  return ends.map((end) => ({
    name: `grpc-${end}-tls`,
    mountPath: FOLDERS[end],
    readOnly: true,
  }));
}
