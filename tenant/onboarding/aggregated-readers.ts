import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { SynthError } from '../../lib/synth-error.ts';
import { addAggregatedRole, USER_FACING_ROLES, type UserFacingRole } from './aggregated-role.ts';
import { type ReaderAttributes, readerRules } from './reader-rules.ts';

/** Settings of {@link AggregatedReaders}. */
export interface AggregatedReadersProps {
  /** The query frontend, which says what a reader must be allowed. */
  readonly frontend: ReaderAttributes;
  /**
   * The weakest role that reads metrics. The control plane puts `view` into `edit`, and `edit` into
   * `admin`, so the stronger ones follow.
   * @default 'view'
   */
  readonly role?: UserFacingRole;
  /**
   * Name of the ClusterRole, of which a cluster has one.
   * @default 'prometheus-tenancy-kit-metrics-reader'
   */
  readonly name?: string;
}

/**
 * Lets whoever may view a namespace read its metrics, too: the right of a reader becomes a part of
 * the ClusterRole `view` of Kubernetes, by aggregation.
 *
 * It adds the right to read and nothing more; the right to change silences stays apart. Whoever
 * holds the role by a RoleBinding reads that namespace. Whoever holds it by a ClusterRoleBinding reads
 * all of them, and where the frontend offers the whole cluster at once with the same attributes, that,
 * too. The rule is added by the control plane's own controller, so it takes no binding of ours.
 *
 * @throws {SynthError} If the role is not one of the three, or what the frontend asks for would give
 *   more than the right to read metrics.
 */
export class AggregatedReaders extends Construct {
  /** The rule, with the label by which the control plane finds it. */
  readonly clusterRole: k8s.KubeClusterRole;

  constructor(scope: Construct, id: string, props: AggregatedReadersProps) {
    super(scope, id);
    const role = props.role ?? 'view';
    const subject = `AggregatedReaders ${this.node.path}`;
    requireUserFacingRole(`${subject} role`, role);
    this.clusterRole = addAggregatedRole(this, 'cluster-role', {
      name: props.name ?? 'prometheus-tenancy-kit-metrics-reader',
      role,
      rules: readerRules(subject, props.frontend),
    });
  }
}

function requireUserFacingRole(subject: string, role: string): void {
  if (USER_FACING_ROLES.some((it) => it === role)) return;
  throw new SynthError(
    subject,
    `${JSON.stringify(role)} is no role that Kubernetes aggregates`,
    `use one of ${USER_FACING_ROLES.join(', ')}`,
  );
}
