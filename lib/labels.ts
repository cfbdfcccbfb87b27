/** The value of `app.kubernetes.io/part-of` on everything the kit makes. */
export const PART_OF = 'prometheus-tenancy-kit';

/** Who a pod is: the role it plays, and the name of the installation of that role. */
export interface ComponentIdentity {
  /** The role, such as `thanos-querier`. */
  readonly component: string;
  /** The name of the workload, which tells two of the same role apart. */
  readonly instance: string;
  /** The program, such as `thanos`. */
  readonly software: string;
  /**
   * The version of the program. It appears on objects and never in a selector.
   * @default - no version label
   */
  readonly version?: string;
}

/**
 * The labels that select the pods of a component.
 *
 * They stay the same for the lifetime of a workload, because the selector of a Deployment or a
 * StatefulSet cannot be changed. The operator sets `app.kubernetes.io/instance` on the pods of a
 * Prometheus to the name of the resource, so the same three labels select those as well.
 */
export function selectorLabels(identity: ComponentIdentity): Record<string, string> {
  return {
    'app.kubernetes.io/component': identity.component,
    'app.kubernetes.io/instance': identity.instance,
    'app.kubernetes.io/part-of': PART_OF,
  };
}

/** The labels of an object that belongs to a component, and of its pods. */
export function objectLabels(identity: ComponentIdentity): Record<string, string> {
  return {
    ...selectorLabels(identity),
    'app.kubernetes.io/name': identity.software,
    ...(identity.version === undefined ? {} : { 'app.kubernetes.io/version': identity.version }),
  };
}
