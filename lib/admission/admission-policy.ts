/** One thing that a policy refuses. */
export interface AdmissionRule {
  /** A stable name, such as `followRedirects`. It stands in the message, so that it can be looked up. */
  readonly id: string;
  /** What must hold, for whoever is refused. */
  readonly message: string;
  /** What would happen without the rule. */
  readonly why: string;
  /** The same in CEL: `true` is accepted; `false`, and an error, are refused. */
  readonly expression: string;
}

/** A CEL expression that rules refer to as `variables.<name>`. */
export interface AdmissionVariable {
  readonly name: string;
  readonly expression: string;
}

/** What a request does to an object. Where it deletes one, `object` is null. */
export type AdmittedOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** Which objects a policy looks at. */
export interface AdmittedResources {
  /** The API group; empty for the core group. */
  readonly group: string;
  /** The versions that the expressions were written for. Objects of any other version are refused. */
  readonly versions: readonly string[];
  /** Resources in the plural, subresources as `namespaces/status`. */
  readonly resources: readonly string[];
}

/** What is refused of one kind of object. */
export interface AdmissionPolicy {
  /** The last part of the names of the policy and of its binding. */
  readonly name: string;
  /** The kinds, for the documentation. */
  readonly kinds: readonly string[];
  readonly resources: readonly AdmittedResources[];
  /**
   * Which writes the policy looks at.
   * @defaultValue CREATE and UPDATE
   */
  readonly operations?: readonly AdmittedOperation[];
  /** `tenants` is every namespace but those of the platform. */
  readonly reach: 'tenants' | 'cluster';
  /**
   * What must stay as it is for the rules to let an object go that is being deleted; `rules` where they
   * see to that themselves.
   */
  readonly releasedBy: 'spec' | 'rules';
  readonly variables: readonly AdmissionVariable[];
  readonly rules: readonly AdmissionRule[];
}

/** The API group of the Prometheus operator. */
export const MONITORING_GROUP = 'monitoring.coreos.com';
