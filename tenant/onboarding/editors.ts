import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { TenantId } from '../tenant-id.ts';
import { METRICS_WRITE, RULES_EDIT, type WriteAttributes } from '../write-attributes.ts';
import { type GrantedRole, grantRole } from './granted-role.ts';
import type { Subject } from './subject.ts';

/** Settings of {@link addWriters} and {@link addRuleEditors}. */
export interface EditorsProps {
  /** The tenant. */
  readonly tenant: TenantId;
  /** Who may; nobody adds nothing. */
  readonly subjects: readonly Subject[];
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Adds the right to write series of a tenant, or nothing where nobody is to have it. */
export function addWriters(scope: Construct, props: EditorsProps): GrantedRole | undefined {
  if (props.subjects.length === 0) return undefined;
  return grantRole(scope, 'writer-', {
    ...props,
    name: 'metrics-writer',
    rules: [writeRule(METRICS_WRITE)],
    setting: 'writers',
    purpose: "write the tenant's series",
  });
}

/** Adds the right to edit a tenant's rules, or nothing where nobody is to have it. */
export function addRuleEditors(scope: Construct, props: EditorsProps): GrantedRole | undefined {
  if (props.subjects.length === 0) return undefined;
  return grantRole(scope, 'rule-editor-', {
    ...props,
    name: 'rules-editor',
    rules: [writeRule(RULES_EDIT)],
    setting: 'ruleEditors',
    purpose: "edit the tenant's rules",
  });
}

/** The rule that answers to such attributes. */
export function writeRule({
  group,
  resource,
  subresource,
  verbs,
}: WriteAttributes): k8s.PolicyRule {
  return { apiGroups: [group], resources: [`${resource}/${subresource}`], verbs: [...verbs] };
}
