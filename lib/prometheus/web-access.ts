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

/** Who may speak to Prometheus' own web port, where all tenants' series are. */
export class WebAccess {
  /** The Secrets of the certificates, or `undefined` where the port asks for none. */
  readonly certificates: Required<WebCertificates> | undefined;

  private constructor(certificates: Required<WebCertificates> | undefined) {
    this.certificates = certificates;
  }

  /**
   * Whom network policies let in, and Prometheus itself.
   *
   * The second is the weak point, since `/federate` of Prometheus gives every tenant's series. A
   * target can redirect a scrape to it, and a monitor can point a scrape at it by a relabelling that
   * sets `__address__`. It needs admission that forbids both.
   */
  static networkPolicy(): WebAccess {
    return new WebAccess(undefined);
  }

  /**
   * Whoever shows a certificate: the sidecar and the probes of the same pod, and the one scrape by which
   * Prometheus watches itself. A scrape of a tenant shows none.
   *
   * It needs Prometheus 3.15. The reloader of the operator shows no certificate either, so Prometheus
   * looks for a changed configuration by itself. The reloader then reports failed reloads, and a
   * change takes up to four minutes.
   */
  static clientCertificates(certificates: WebCertificates = {}): WebAccess {
    return new WebAccess({
      serverSecret: certificates.serverSecret ?? 'prometheus-web-tls',
      clientSecret: certificates.clientSecret ?? 'prometheus-web-client-tls',
    });
  }
}
