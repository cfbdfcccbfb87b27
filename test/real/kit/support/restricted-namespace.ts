import type { Json } from '../../../lib/support/manifests.ts';
import type { KubeAnswer } from '../../harness/kube-request.ts';
import type { TestCluster } from '../../harness/kubernetes.ts';

/** Asks whether a pod would be taken where `restricted` is enforced. It is not made. */
export type TryPod = (spec: Json) => Promise<KubeAnswer>;

/** Makes a namespace that enforces the Pod Security Standard `restricted`. */
export async function restrictedNamespace(cluster: TestCluster): Promise<TryPod> {
  await cluster.createNamespace('restricted', {
    'pod-security.kubernetes.io/enforce': 'restricted',
  });
  return (spec) =>
    cluster.request(
      'POST',
      '/api/v1/namespaces/restricted/pods?dryRun=All&fieldValidation=Strict',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'tried' }, spec },
    );
}
