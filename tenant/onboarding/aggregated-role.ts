import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { clusterScoped } from '../../lib/cluster-scoped.ts';
import { PART_OF } from '../../lib/labels.ts';

/** The roles of Kubernetes that a rule can be added to, from the weakest to the strongest. */
export const USER_FACING_ROLES = ['view', 'edit', 'admin'] as const;

/** One of them. */
export type UserFacingRole = (typeof USER_FACING_ROLES)[number];

/** What a role of Kubernetes is to contain beside what it contains already. */
export interface AggregatedRoleProps {
  /** Name of the ClusterRole that holds it. */
  readonly name: string;
  /** The role that it is added to. */
  readonly role: UserFacingRole;
  /** What may be done. */
  readonly rules: readonly k8s.PolicyRule[];
}

/** Adds a ClusterRole whose rules the control plane adds to one of its own roles. */
export function addAggregatedRole(
  scope: Construct,
  id: string,
  { name, role, rules }: AggregatedRoleProps,
): k8s.KubeClusterRole {
  return clusterScoped(
    new k8s.KubeClusterRole(scope, id, {
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/part-of': PART_OF,
          'app.kubernetes.io/component': 'tenant',
          [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true',
        },
      },
      rules: [...rules],
    }),
  );
}
