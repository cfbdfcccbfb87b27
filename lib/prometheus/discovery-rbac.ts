import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { clusterScoped } from '../cluster-scoped.ts';

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
    const name = `prometheus-tenancy-kit-${props.serviceAccountName}-discovery`;
    const metadata = { name, labels: { ...props.labels } };
    const verbs = ['get', 'list', 'watch'];
    this.clusterRole = clusterScoped(
      new k8s.KubeClusterRole(this, 'cluster-role', {
        metadata,
        rules: [
          { apiGroups: [''], resources: ['pods', 'services'], verbs },
          { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
        ],
      }),
    );
    this.clusterRoleBinding = clusterScoped(
      new k8s.KubeClusterRoleBinding(this, 'cluster-role-binding', {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [
          {
            kind: 'ServiceAccount',
            name: props.serviceAccountName,
            namespace: props.namespace,
          },
        ],
      }),
    );
  }
}
