import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PART_OF } from '../lib/labels.ts';
import { DEFAULT_CLUSTER_ISSUER } from '../lib/query-frontend/tenant-query-frontend-props.ts';
import { MANIFEST_EXTENSION, NAMESPACES_FOLDER } from './tenancy-app.ts';

const FILE_NAME = 'kustomization.yaml';

/**
 * What marks the namespaces of tenants. With the field manager that kubectl has by default, the label
 * would replace all others of an owner who uses the same one.
 */
export const MARK_NAMESPACES: readonly string[] = [
  'apply',
  '--server-side',
  `--field-manager=${PART_OF}`,
  '-f',
];

const HEADER: readonly string[] = [
  'Apply with: kubectl apply -k .',
  'Then mark the namespaces of tenants; nothing but this label of them is ours:',
  `  kubectl ${MARK_NAMESPACES.join(' ')} ${NAMESPACES_FOLDER}/`,
  '',
  'Expects:',
  '- the Prometheus operator with its CRDs, and the namespaces of the platform and of tenants;',
  '- the Secret thanos-objstore-secret, whose key thanos.yaml configures the object store;',
  "- the Secret tenant-query-frontend-tls, which holds the query frontend's certificate;",
  '- the audience of the API server, on which tokens are accepted, to be',
  `    ${DEFAULT_CLUSTER_ISSUER}`,
  '  or clusterIssuer of the query frontend to name it. On EKS, GKE and AKS it is another one.',
  '  It is the "issuer" that',
  '    kubectl get --raw /.well-known/openid-configuration',
  '  prints, unless the API server runs with --api-audiences, as on EKS. The claim "aud" of what',
  '    kubectl create token default',
  '  prints holds it in every case.',
];

/**
 * Writes the kustomization over the manifests in a folder, and returns the resources it lists.
 *
 * The labels of tenants' namespaces are left out: `kubectl delete -k` and a pruning apply delete what
 * a kustomization names, and a Namespace takes everything in it along.
 */
export function writeKustomization(folder: string): string[] {
  const resources = readdirSync(folder)
    .filter((file) => file.endsWith(MANIFEST_EXTENSION) && file !== FILE_NAME)
    .toSorted();
  const lines = [
    ...HEADER.map((line) => `# ${line}`.trimEnd()),
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    ...resources.map((file) => `  - ${file}`),
  ];
  writeFileSync(join(folder, FILE_NAME), `${lines.join('\n')}\n`);
  return resources;
}
