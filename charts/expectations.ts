import type { CertManagerIssuer } from '../lib/index.ts';
import { DEFAULT_CLUSTER_ISSUER } from '../lib/query-frontend/tenant-query-frontend-props.ts';

/** What of the app decides on what has to be in the cluster before its manifests. */
export interface ExpectedSettings {
  /** Who makes the certificates between Thanos components and of Prometheus' web port. */
  readonly certificates?: CertManagerIssuer | undefined;
  /** The audience of the API server. */
  readonly clusterIssuer?: string | undefined;
}

/** What has to be in the cluster before the manifests, as a list in words. */
export function expectations({ certificates, clusterIssuer }: ExpectedSettings): readonly string[] {
  return [
    '- the Prometheus operator with its CRDs, and the namespaces of the platform and of tenants;',
    '- the Secret thanos-objstore-secret, whose key thanos.yaml configures the object store;',
    "- the Secret tenant-query-frontend-tls, which holds the query frontend's certificate;",
    ...(certificates === undefined
      ? [
          "- the Secrets prometheus-web-tls and prometheus-web-client-tls, for Prometheus' own web port;",
        ]
      : issuerLines(certificates)),
    '- the audience of the API server, on which tokens are accepted, to be',
    `    ${oneLine(clusterIssuer ?? DEFAULT_CLUSTER_ISSUER)}`,
    clusterIssuer === undefined
      ? '  or --cluster-issuer to name it. On EKS, GKE and AKS it is another one.'
      : '  as --cluster-issuer or the property clusterIssuer says.',
    '  It is the "issuer" that',
    '    kubectl get --raw /.well-known/openid-configuration',
    '  prints, unless the API server runs with --api-audiences, as on EKS. The claim "aud" of what',
    '    kubectl create token default',
    '  prints holds it in every case.',
  ];
}

function issuerLines({ kind = 'Issuer', name }: CertManagerIssuer): readonly string[] {
  const where = kind === 'Issuer' ? ', in the namespace of the platform' : '';
  return [
    `- cert-manager, and its ${kind} ${oneLine(name)}${where}, with an authority that signs for`,
    '  nobody else: whoever holds a certificate of it is let in to Thanos and to Prometheus. It makes',
    '  the Secrets with the certificates of both;',
  ];
}

/** A text of the settings in a comment, which a line feed would end. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
