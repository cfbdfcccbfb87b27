import type { TenantAdmissionPoliciesProps } from '../../../lib/admission/tenant-admission-policies-props.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import type { KubeAnswer } from '../harness/kube-request.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { readPath } from '../harness/read-path.ts';
import { OWN } from './admission-case.ts';
import { collectionOf, PLATFORM, startAdmittedCluster } from './admitted-cluster.ts';

/** What the tests of callers need to run. */
export const CALLER_PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
] as const;

/** A label of namespaces that the policies guard beside the mark of tenants. */
export const GUARDED = 'example.com/customer';

/** The settings of the policies. */
export const CALLER_PROPS: TenantAdmissionPoliciesProps = {
  guardedNamespaceLabels: [GUARDED],
  namespaceLabellers: { serviceAccounts: [{ namespace: PLATFORM, name: 'labeller' }] },
};

/** A cluster with the policies in force, and callers whom the rights alone would let do everything. */
export interface CallersCluster {
  readonly cluster: TestCluster;
  /** Says that a request is of the ServiceAccount of this name. */
  readonly as: (name: string) => { readonly token: string };
  /** Changes an object in part. */
  readonly patch: (
    path: string,
    change: Manifest,
    options?: { readonly token?: string },
  ) => Promise<KubeAnswer>;
}

/** Starts it. Its callers are lead, of the tenant, labeller, of the platform, and three controllers. */
export async function startCallersCluster(): Promise<CallersCluster> {
  const cluster = await startAdmittedCluster(CALLER_PROPS);
  try {
    const tokens = await bindCallers(cluster);
    return {
      cluster,
      as: (name) => ({ token: tokens.get(name) ?? '' }),
      patch: (path, change, options = {}) =>
        cluster.request('PATCH', path, change, {
          contentType: 'application/merge-patch+json',
          ...options,
        }),
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function bindCallers(cluster: TestCluster): Promise<ReadonlyMap<string, string>> {
  const tokens = new Map<string, string>();
  await cluster.createClusterRole('writer', [
    { apiGroups: [''], resources: ['endpoints'], verbs: ['*'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['*'] },
    { apiGroups: ['monitoring.coreos.com'], resources: ['*'], verbs: ['*'] },
    {
      apiGroups: [''],
      resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
      verbs: ['*'],
    },
  ]);
  for (const [namespace, name] of [
    [OWN, 'lead'],
    [PLATFORM, 'labeller'],
    ['kube-system', 'endpointslice-controller'],
    ['kube-system', 'endpoint-controller'],
    ['kube-system', 'generic-garbage-collector'],
  ] as const) {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
    if ((await cluster.request('GET', path)).status !== 200) {
      await cluster.createServiceAccount(namespace, name);
    }
    await cluster.bindClusterRole('writer', { kind: 'ServiceAccount', namespace, name });
    tokens.set(name, await cluster.requestToken(namespace, name));
  }
  return tokens;
}

/** The same object by another name. */
export function named(object: Manifest, name: string): Manifest {
  return { ...object, metadata: { ...(object['metadata'] as Manifest), name } };
}

/** The path of an object. */
export function pathOf(object: Manifest): string {
  return `${collectionOf(object)}/${String(readPath(object, 'metadata', 'name'))}`;
}
