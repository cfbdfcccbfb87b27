import { k8s } from 'cdk8s-plus-28';

/** Fields of a pod as the API server stores them, for resources of the operator that have the same. */
export function plainPodFields(
  fields: Omit<k8s.PodSpec, 'containers'> & Partial<Pick<k8s.PodSpec, 'containers'>>,
): Readonly<Record<string, unknown>> {
  const manifest: unknown = k8s.KubePod.manifest({ spec: { containers: [], ...fields } });
  const hasSpec = typeof manifest === 'object' && manifest !== null && 'spec' in manifest;
  const spec: unknown = hasSpec ? manifest.spec : {};
  const plain = typeof spec === 'object' ? new Map(Object.entries({ ...spec })) : new Map();
  if (fields.containers === undefined) plain.delete('containers');
  return Object.fromEntries(plain);
}
