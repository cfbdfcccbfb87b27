import type { NetworkNode } from '../../lib/index.ts';
import { TENANT_NAMESPACE_LABEL } from '../../tenant/tenancy-label.ts';
import { METRICS_ONLY_LABEL, METRICS_ONLY_VALUE } from '../../tenant/onboarding/index.ts';

/** Who there is beside the platform, with what they stand for. */
export interface Neighbour {
  readonly node: NetworkNode;
  readonly standsFor: string;
}

const TENANT = { [TENANT_NAMESPACE_LABEL]: 'true' };

/** Pods of two tenants of the example, and everybody else that a policy tells apart. */
export const NEIGHBOURS: readonly Neighbour[] = [
  {
    node: pod('pod of team-a', 'team-a', {}, TENANT),
    standsFor: 'any pod of a tenant, such as its Grafana',
  },
  {
    node: pod('exporter of team-a', 'team-a', { [METRICS_ONLY_LABEL]: METRICS_ONLY_VALUE }, TENANT),
    standsFor: `a pod of a tenant with the label \`${METRICS_ONLY_LABEL}: ${METRICS_ONLY_VALUE}\``,
  },
  {
    node: pod('pod of team-b', 'team-b', {}, TENANT),
    standsFor: 'any pod of another tenant',
  },
  {
    node: pod('stranger', 'elsewhere', {}),
    standsFor: 'a pod of a namespace that is neither of the platform nor marked as a tenant',
  },
  {
    node: pod('DNS', 'kube-system', { 'k8s-app': 'kube-dns' }),
    standsFor: "the cluster's resolver",
  },
  {
    node: { name: 'outside', address: '203.0.113.7' },
    standsFor:
      'an address outside of the cluster; the API server and the object store, until they are named',
  },
  {
    node: { name: 'metadata service', address: '169.254.169.254' },
    standsFor: 'where clouds hand credentials to whoever asks from a node',
  },
];

function pod(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  marks: Readonly<Record<string, string>> = {},
): NetworkNode {
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace, ...marks };
  return { name, address: '10.1.2.4', pod: { namespace, labels, namespaceLabels } };
}
