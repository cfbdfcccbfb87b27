import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { clusterScoped } from './cluster-scoped.ts';

/** What is granted in the whole cluster, and to whom. */
export interface ClusterGrantProps {
  /** Name of the ClusterRole and of its binding. */
  readonly name: string;
  /** Labels of both. */
  readonly labels: Readonly<Record<string, string>>;
  /** What may be done. */
  readonly rules: readonly k8s.PolicyRule[];
  /** Who may. */
  readonly subjects: readonly k8s.Subject[];
}

/** A ClusterRole and who has it. */
export interface ClusterGrant {
  readonly clusterRole: k8s.KubeClusterRole;
  readonly clusterRoleBinding: k8s.KubeClusterRoleBinding;
}

/** Adds a ClusterRole of its own and binds it. */
export function addClusterGrant(scope: Construct, props: ClusterGrantProps): ClusterGrant {
  const { labels, name, rules, subjects } = props;
  const metadata = { name, labels: { ...labels } };
  return {
    clusterRole: clusterScoped(
      new k8s.KubeClusterRole(scope, 'cluster-role', { metadata, rules: [...rules] }),
    ),
    clusterRoleBinding: clusterScoped(
      new k8s.KubeClusterRoleBinding(scope, 'cluster-role-binding', {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [...subjects],
      }),
    ),
  };
}
