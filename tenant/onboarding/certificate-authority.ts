import { SynthError } from '../../lib/synth-error.ts';

/** Who vouches for the frontend's certificate. A data source verifies it, always. */
export class CertificateAuthority {
  /** What Grafana reads as `tlsCACert`, or `undefined` where it trusts the system's authorities. */
  readonly provisionedValue: string | undefined;

  private constructor(provisionedValue: string | undefined) {
    this.provisionedValue = provisionedValue;
  }

  /** Certificates in PEM, which end up in the data source. They are public. */
  static pem(certificates: string): CertificateAuthority {
    const text = certificates.trim();
    const isOnlyCertificates =
      /^(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(text);
    if (!isOnlyCertificates) {
      throw new SynthError(
        'CertificateAuthority.pem',
        'the text is not a list of PEM certificates',
        'pass the certificates of the authority alone, without a key',
      );
    }
    return new CertificateAuthority(`${text}\n`);
  }

  /** A PEM file that is mounted into Grafana's pod. */
  static file(path: string): CertificateAuthority {
    return new CertificateAuthority(fileExpansion('CertificateAuthority.file', path));
  }

  /** An authority that the image of Grafana knows already. */
  static system(): CertificateAuthority {
    return new CertificateAuthority(undefined);
  }
}

/** Grafana's notation for the content of a file, read when Grafana starts and never stored here. */
export function fileExpansion(subject: string, path: string): string {
  if (/^\/[^{}$\s]+$/.test(path)) return `$__file{${path}}`;
  throw new SynthError(
    subject,
    `${JSON.stringify(path)} cannot stand in Grafana's notation for a file`,
    'name an absolute path without spaces, braces and dollar signs',
  );
}
