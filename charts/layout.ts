import type { ManifestObject } from './manifest-files.ts';

/** Extension of the manifests. */
export const MANIFEST_EXTENSION = '.yaml';

/** Name of the chart that holds the labels of tenants' namespaces. */
export const NAMESPACE_LABELS_CHART = 'namespace-labels';

/** Folder, below that of the other manifests, of those that name Namespaces. */
export const NAMESPACES_FOLDER = 'namespaces';

/** Name of the chart of the admission policies. */
export const ADMISSION_CHART = 'admission';

/** Folder, below that of the other manifests, of the admission policies. */
export const ADMISSION_FOLDER = 'admission';

/** Folder of the Kustomize overlays, in the repository and in the package. */
export const OVERLAYS_FOLDER = 'charts/kustomize/overlays';

/** Where older versions wrote what lies in a folder of its own now. */
export const SUPERSEDED_FILES: readonly string[] = [NAMESPACE_LABELS_CHART, ADMISSION_CHART].map(
  (chart) => `${chart}${MANIFEST_EXTENSION}`,
);

/** Where an object is written, in the folder of its chart. */
export function objectPath({ kind, metadata }: ManifestObject): string {
  return `${kind}.${metadata.name}${MANIFEST_EXTENSION}`;
}

/** The same where the chart has one of that kind and name in another namespace. */
export function namespacedPath(object: ManifestObject): string {
  const { namespace } = object.metadata;
  return namespace === undefined ? objectPath(object) : `${namespace}.${objectPath(object)}`;
}

/** Where the objects of a chart are written. */
export function chartPath(chart: string): string {
  const file = `${chart}${MANIFEST_EXTENSION}`;
  switch (chart) {
    case NAMESPACE_LABELS_CHART:
      return `${NAMESPACES_FOLDER}/${file}`;
    case ADMISSION_CHART:
      return `${ADMISSION_FOLDER}/${file}`;
    default:
      return file;
  }
}
