import type { Relabeling } from '../prometheus/reserved-names.ts';

/** Pods to scrape, and the labels of their series. */
export interface ScrapedPods {
  /** Name of the object, and the value of the label `job`. */
  readonly name: string;
  /** The namespace of the pods, or `undefined` for that of the object. */
  readonly namespace: string | undefined;
  /** Labels that select the pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Names of the container ports that answer metrics. */
  readonly portNames: readonly string[];
  /** Labels of targets that are set to the namespace of the pod. */
  readonly namespaceLabels: readonly string[];
  /**
   * The namespace that they are set to instead.
   * @default - that of the pod
   */
  readonly namespaceOfSeries?: string;
  /**
   * What becomes of the series.
   * @default - they stay as they are
   */
  readonly metricRelabelings?: readonly Relabeling[];
  /**
   * The certificate that the ports show.
   * @default - none: plain HTTP
   */
  readonly tls?: ScrapedCertificate;
  /** Labels of the object. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The certificate of a metrics port. */
export interface ScrapedCertificate {
  /** The name in it. */
  readonly serverName: string;
  /** Secret, in the namespace of the platform, with the certificate of the authority. */
  readonly caSecret: string;
  /**
   * Its key in the Secret.
   * @default 'ca.crt'
   */
  readonly caKey?: string;
}

/**
 * Drops ports of init containers: older operators (seen with 0.85) give that of Prometheus the name of the
 * reloader's port, and nobody answers there once it has ended.
 */
export const WITHOUT_INIT_CONTAINERS: object = {
  action: 'drop',
  sourceLabels: ['__meta_kubernetes_pod_container_init'],
  regex: 'true',
};

/**
 * The relabellings that set these labels of targets.
 *
 * The default action is written out, here and elsewhere: to an API server of Kubernetes 1.30 a default
 * inside a list is a change, each time that the object is applied.
 */
export function namespaceRelabelings(pods: ScrapedPods): readonly object[] {
  const { namespaceLabels, namespaceOfSeries } = pods;
  return namespaceLabels.map((targetLabel) =>
    namespaceOfSeries === undefined
      ? { action: 'replace', sourceLabels: ['__meta_kubernetes_namespace'], targetLabel }
      : { action: 'replace', targetLabel, replacement: namespaceOfSeries },
  );
}

/** How the operator is told to verify such a certificate. */
export function tlsFields({ caKey = 'ca.crt', caSecret, serverName }: ScrapedCertificate): object {
  return { ca: { secret: { name: caSecret, key: caKey } }, serverName };
}
