import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { addClusterGrant } from '../cluster-grant.ts';
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
    const { labels, namespace, rules, serviceAccountName } = props;
    const grant = addClusterGrant(this, {
      name: `prometheus-tenancy-kit-${serviceAccountName}-reviews`,
      labels,
      rules,
      subjects: [{ kind: 'ServiceAccount', name: serviceAccountName, namespace }],
    });
    this.clusterRole = grant.clusterRole;
    this.clusterRoleBinding = grant.clusterRoleBinding;
  }
}
