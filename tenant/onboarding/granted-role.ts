import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { TenantId } from '../tenant-id.ts';
import { refuseEverybody, type Subject } from './subject.ts';

/** A right in a tenant's namespace, and who has it. */
export interface GrantedRole {
  readonly role: k8s.KubeRole;
  readonly roleBinding: k8s.KubeRoleBinding;
}

/** Settings of {@link grantRole}. */
export interface GrantedRoleProps {
  /** Name of the Role and its binding. */
  readonly name: string;
  /** The tenant. */
  readonly tenant: TenantId;
  /** The right. */
  readonly rules: readonly k8s.PolicyRule[];
  /** The setting that names who has it. */
  readonly setting: string;
  /** What the right allows, as errors say it. */
  readonly purpose: string;
  /** Who has it. */
  readonly subjects: readonly Subject[];
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Adds a Role and its binding to a tenant's namespace.
 *
 * @throws {SynthError} If everybody would have the right.
 */
export function grantRole(scope: Construct, id: string, props: GrantedRoleProps): GrantedRole {
  const { labels, name, tenant } = props;
  const subjects = props.subjects.map((it) => it.in(tenant));
  for (const subject of subjects) {
    refuseEverybody(`Tenant ${tenant} ${props.setting}`, subject, props.purpose);
  }
  const metadata = { name, namespace: tenant, labels: { ...labels } };
  return {
    role: new k8s.KubeRole(scope, `${id}role`, { metadata, rules: [...props.rules] }),
    roleBinding: new k8s.KubeRoleBinding(scope, `${id}role-binding`, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects,
    }),
  };
}
