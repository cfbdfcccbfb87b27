import { ApiObject, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { PART_OF } from './labels.ts';
import type { CertManagerIssuer } from './query-frontend/serving-certificate.ts';

/** A certificate that cert-manager makes. */
export interface NamedCertificate {
  /** The Secret that will hold it, with the keys `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secretName: string;
  /** The DNS name in it. */
  readonly name: string;
}

/** Settings of {@link addMutualCertificates}. */
export interface MutualCertificatesProps {
  /** Who signs both. */
  readonly issuer: CertManagerIssuer;
  /** Of those who answer. */
  readonly server: NamedCertificate;
  /** Of those who ask. */
  readonly client: NamedCertificate;
}

/**
 * Asks cert-manager for the two certificates by which both ends of a connection know each other, valid
 * for 90 days and renewed 30 days before that. Neither does for the other end.
 */
export function addMutualCertificates(scope: Construct, props: MutualCertificatesProps): void {
  const { client, issuer, server } = props;
  addCertificate(scope, 'server', issuer, { ...server, usage: 'server auth' });
  addCertificate(scope, 'client', issuer, { ...client, usage: 'client auth' });
}

function addCertificate(
  scope: Construct,
  id: string,
  issuer: CertManagerIssuer,
  of: NamedCertificate & { readonly usage: string },
): void {
  void new ApiObject(scope, id, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: of.secretName, labels: { 'app.kubernetes.io/part-of': PART_OF } },
    spec: {
      secretName: of.secretName,
      dnsNames: [of.name],
      usages: [of.usage, 'digital signature'],
      duration: `${Duration.days(90).toHours()}h`,
      renewBefore: `${Duration.days(30).toHours()}h`,
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      issuerRef: { group: 'cert-manager.io', kind: issuer.kind ?? 'Issuer', name: issuer.name },
    },
  });
}
