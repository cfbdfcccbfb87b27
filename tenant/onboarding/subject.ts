import type { k8s } from 'cdk8s-plus-28';

const RBAC = 'rbac.authorization.k8s.io';

/** Whom a tenant lets read its metrics. */
export class Subject {
  readonly #subject: k8s.Subject;

  private constructor(subject: k8s.Subject) {
    this.#subject = subject;
  }

  /** A person or program by the name that the API server knows. */
  static user(name: string): Subject {
    return new Subject({ apiGroup: RBAC, kind: 'User', name });
  }

  /** Everybody in a group. */
  static group(name: string): Subject {
    return new Subject({ apiGroup: RBAC, kind: 'Group', name });
  }

  /** A ServiceAccount, by default of the tenant's own namespace. */
  static serviceAccount(name: string, namespace?: string): Subject {
    return new Subject({
      kind: 'ServiceAccount',
      name,
      ...(namespace === undefined ? {} : { namespace }),
    });
  }

  /** The same in the words of a ClusterRoleBinding; a ServiceAccount may lack its namespace. */
  inCluster(): k8s.Subject {
    return this.#subject;
  }

  /** The same in the words of a RoleBinding in a tenant's namespace. */
  in(tenantNamespace: string): k8s.Subject {
    return this.#subject.kind === 'ServiceAccount'
      ? { namespace: tenantNamespace, ...this.#subject }
      : this.#subject;
  }
}
