import type { Manifest } from '../../lib/support/manifests.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { readString } from '../harness/read-path.ts';

/**
 * The resource version of each object, which changes with every write that changes something.
 *
 * @throws {Error} If an object is not in the cluster.
 */
export async function resourceVersions(
  cluster: TestCluster,
  manifests: readonly Manifest[],
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const { apiVersion, kind, metadata } of manifests) {
    const [version = '', group] = apiVersion.split('/').toReversed();
    const resource = group === undefined ? kind : `${kind}.${version}.${group}`;
    const { name, namespace } = metadata;
    const where = namespace === undefined ? [] : [`--namespace=${namespace}`];
    const args = ['get', resource, name, ...where, '--output=json'];
    const { stdout } = await mustKubectl(cluster.kubectl, args);
    const resourceVersion = readString(JSON.parse(stdout), 'metadata', 'resourceVersion');
    versions.set(`${kind} ${namespace ?? ''}/${name}`, resourceVersion);
  }
  return versions;
}
