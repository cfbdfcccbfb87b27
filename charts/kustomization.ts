import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_EXTENSION, NAMESPACE_LABELS_CHART } from './tenancy-app.ts';

const FILE_NAME = 'kustomization.yaml';

/**
 * Writes the kustomization over the manifests in a folder, and returns the resources it lists.
 *
 * The labels of tenants' namespaces are left out: `kubectl delete -k` and a pruning apply delete what
 * a kustomization names, and a Namespace takes everything in it along.
 */
export function writeKustomization(folder: string): string[] {
  const resources = readdirSync(folder)
    .filter((file) => file.endsWith(MANIFEST_EXTENSION) && file !== FILE_NAME)
    .filter((file) => file !== `${NAMESPACE_LABELS_CHART}${MANIFEST_EXTENSION}`)
    .toSorted();
  const lines = [
    '# Apply with: kubectl apply -k .',
    '# Then mark the namespaces of tenants, which must exist:',
    `#   kubectl apply --server-side -f ${NAMESPACE_LABELS_CHART}${MANIFEST_EXTENSION}`,
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    ...resources.map((file) => `  - ${file}`),
  ];
  writeFileSync(join(folder, FILE_NAME), `${lines.join('\n')}\n`);
  return resources;
}
