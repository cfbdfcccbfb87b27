import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { clusterScoped } from '../cluster-scoped.ts';
import type { ReviewRule } from './review-rules.ts';

/** Settings of {@link ReviewRbac}. */
export interface ReviewRbacProps {
  /** The ServiceAccount that asks. */
  readonly serviceAccountName: string;
  /** Its namespace. */
  readonly namespace: string;
  /** What it is allowed: the reviews, and what the features that are switched on need. */
  readonly rules: readonly ReviewRule[];
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The rights of the frontend at the API server: to ask who a token belongs to and what they may do,
 * and what features need that are switched on.
 */
export class ReviewRbac extends Construct {
  /** The rules. */
  readonly clusterRole: k8s.KubeClusterRole;
  /** Who has them. */
  readonly clusterRoleBinding: k8s.KubeClusterRoleBinding;

  constructor(scope: Construct, id: string, props: ReviewRbacProps) {
    super(scope, id);
    const name = `prometheus-tenancy-kit-${props.serviceAccountName}-reviews`;
    const metadata = { name, labels: { ...props.labels } };
    this.clusterRole = clusterScoped(
      new k8s.KubeClusterRole(this, 'cluster-role', {
        metadata,
        rules: [...props.rules],
      }),
    );
    this.clusterRoleBinding = clusterScoped(
      new k8s.KubeClusterRoleBinding(this, 'cluster-role-binding', {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [
          { kind: 'ServiceAccount', name: props.serviceAccountName, namespace: props.namespace },
        ],
      }),
    );
  }
}
