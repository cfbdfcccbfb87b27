import { ApiObject, Duration } from 'cdk8s';
import type { Construct } from 'constructs';

/** Who signs a certificate, in the words of cert-manager. */
export interface CertManagerIssuer {
  /** Name of the issuer. */
  readonly name: string;
  /**
   * Whether it serves one namespace or all.
   * @default 'Issuer'
   */
  readonly kind?: 'Issuer' | 'ClusterIssuer';
}

/** Settings of the objects behind a {@link ServingCertificate}. */
export interface ServingCertificateTarget {
  /** Name of the Service that presents the certificate, by which its Secret is named, too. */
  readonly service: string;
  /** Names of further Services in front of the same pods. */
  readonly aliases: readonly string[];
  /** Namespace of that Service. */
  readonly namespace: string;
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the serving certificate of a Service comes from. Tenants verify it, so it must name the Service. */
export class ServingCertificate {
  readonly #secretName: string | undefined;
  readonly #issuer: CertManagerIssuer | undefined;

  private constructor(secretName: string | undefined, issuer: CertManagerIssuer | undefined) {
    this.#secretName = secretName;
    this.#issuer = issuer;
  }

  /**
   * Takes the keys `tls.crt` and `tls.key` of a Secret that exists.
   *
   * @param name - Name of the Secret; the name of the Service and `-tls` where it is left out.
   */
  static secret(name?: string): ServingCertificate {
    return new ServingCertificate(name, undefined);
  }

  /** Asks cert-manager for one, valid for 90 days and renewed 30 days before that. */
  static certManager(issuer: CertManagerIssuer): ServingCertificate {
    return new ServingCertificate(undefined, issuer);
  }

  /** Adds what is needed and returns the name of the Secret that will hold the certificate. */
  addTo(scope: Construct, target: ServingCertificateTarget): string {
    const secretName = this.#secretName ?? `${target.service}-tls`;
    if (this.#issuer !== undefined) addCertificate(scope, this.#issuer, secretName, target);
    return secretName;
  }
}

function addCertificate(
  scope: Construct,
  issuer: CertManagerIssuer,
  secretName: string,
  target: ServingCertificateTarget,
): ApiObject {
  const { aliases, namespace, service } = target;
  return new ApiObject(scope, 'certificate', {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: secretName, labels: { ...target.labels } },
    spec: {
      secretName,
      dnsNames: [service, ...aliases].flatMap((name) => [
        name,
        `${name}.${namespace}`,
        `${name}.${namespace}.svc`,
        `${name}.${namespace}.svc.cluster.local`,
      ]),
      usages: ['server auth', 'digital signature'],
      duration: `${Duration.days(90).toHours()}h`,
      renewBefore: `${Duration.days(30).toHours()}h`,
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      issuerRef: { group: 'cert-manager.io', kind: issuer.kind ?? 'Issuer', name: issuer.name },
    },
  });
}
