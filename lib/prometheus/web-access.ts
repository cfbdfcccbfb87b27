import { Construct } from 'constructs';
import { addMutualCertificates } from '../mutual-certificates.ts';
import type { CertManagerIssuer } from '../query-frontend/serving-certificate.ts';

/** The certificates of Prometheus' own web port. */
export interface WebCertificates {
  /**
   * Secret with the keys `tls.crt`, `tls.key` and `ca.crt`. The certificate is for `localhost`, and
   * `ca.crt` signs the certificates of clients.
   * @default 'prometheus-web-tls'
   */
  readonly serverSecret?: string;
  /**
   * Secret with the keys `tls.crt`, `tls.key` and `ca.crt`, for the sidecar, the probes, and the scrape of
   * Prometheus by itself (`PrometheusSelfMonitor`).
   * @default 'prometheus-web-client-tls'
   */
  readonly clientSecret?: string;
}

/** Settings of {@link WebAccess.certManager}. */
export interface WebCertificatesProps extends WebCertificates {
  /**
   * Who signs. It must be a certificate authority, and one that signs for nobody else: Prometheus lets in
   * whoever shows a certificate of it, whatever its name.
   */
  readonly issuer: CertManagerIssuer;
}

/** Who may speak to Prometheus' own web port, where all tenants' series are. */
export class WebAccess {
  /** The Secrets of the certificates, or `undefined` where the port asks for none. */
  readonly certificates: Required<WebCertificates> | undefined;

  private constructor(certificates: Required<WebCertificates> | undefined) {
    this.certificates = certificates;
  }

  /**
   * Whom network policies let in, and Prometheus itself. For a Prometheus older than 3.15, or where a
   * change of a monitor may not take minutes.
   *
   * Prometheus itself is the weak point, since its `/federate` gives every tenant's series. A target can
   * redirect a scrape to it, and a monitor can point a scrape at it by a relabelling that sets
   * `__address__`. Only the admission policies then stand in the way, and none may be missing.
   */
  static unsafeNetworkPolicy(): WebAccess {
    return new WebAccess(undefined);
  }

  /**
   * Whoever shows a certificate: the sidecar and the probes of the same pod, and the one scrape by which
   * Prometheus watches itself. A scrape of a tenant shows none.
   *
   * It needs Prometheus 3.15; an older one throws. The reloader of the operator shows no certificate
   * either, so Prometheus looks for a changed configuration by itself. The reloader then reports failed
   * reloads, and a change takes up to four minutes.
   */
  static clientCertificates(certificates: WebCertificates = {}): WebAccess {
    return new WebAccess(withDefaults(certificates));
  }

  /** The same, with certificates that cert-manager makes and renews. Prometheus reads them anew by itself. */
  static certManager(scope: Construct, id: string, props: WebCertificatesProps): WebAccess {
    const certificates = withDefaults(props);
    addMutualCertificates(new Construct(scope, id), {
      issuer: props.issuer,
      server: { secretName: certificates.serverSecret, name: 'localhost' },
      client: { secretName: certificates.clientSecret, name: 'prometheus-web-client' },
    });
    return new WebAccess(certificates);
  }
}

function withDefaults(certificates: WebCertificates): Required<WebCertificates> {
  return {
    serverSecret: certificates.serverSecret ?? 'prometheus-web-tls',
    clientSecret: certificates.clientSecret ?? 'prometheus-web-client-tls',
  };
}
