import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { addClusterGrant } from '../cluster-grant.ts';

/** Settings of {@link DiscoveryRbac}. */
export interface DiscoveryRbacProps {
  /** The ServiceAccount of Prometheus. */
  readonly serviceAccountName: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What Prometheus may read to find its targets: pods, Services and EndpointSlices, nothing else.
 *
 * It is for the whole cluster, because a namespace becomes a tenant by a label and without a change
 * here. Nodes, Secrets and ConfigMaps are left out: tenants' monitors need none of them.
 */
export class DiscoveryRbac extends Construct {
  /** The rules. */
  readonly clusterRole: k8s.KubeClusterRole;
  /** Who has them. */
  readonly clusterRoleBinding: k8s.KubeClusterRoleBinding;

  constructor(scope: Construct, id: string, props: DiscoveryRbacProps) {
    super(scope, id);
    const { labels, namespace, serviceAccountName } = props;
    const verbs = ['get', 'list', 'watch'];
    const grant = addClusterGrant(this, {
      name: `prometheus-tenancy-kit-${serviceAccountName}-discovery`,
      labels,
      rules: [
        { apiGroups: [''], resources: ['pods', 'services'], verbs },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
      ],
      subjects: [{ kind: 'ServiceAccount', name: serviceAccountName, namespace }],
    });
    this.clusterRole = grant.clusterRole;
    this.clusterRoleBinding = grant.clusterRoleBinding;
  }
}
