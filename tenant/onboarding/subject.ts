import type { k8s } from 'cdk8s-plus-28';
import { SynthError } from '../../lib/synth-error.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** Groups that everybody is in who has any token, or any workload of the cluster, or nothing. */
const EVERYBODY: readonly string[] = [
  'system:anonymous',
  'system:authenticated',
  'system:serviceaccounts',
  'system:unauthenticated',
];

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

/**
 * Refuses a subject that everybody is.
 *
 * @param subject The setting that names it.
 * @param what What everybody could then do.
 * @throws {SynthError} If it is one.
 */
export function refuseEverybody(subject: string, { name }: k8s.Subject, what: string): void {
  if (!EVERYBODY.includes(name)) return;
  throw new SynthError(
    subject,
    `with ${name} everybody could ${what}`,
    'name a group of people, a user or a ServiceAccount',
  );
}
