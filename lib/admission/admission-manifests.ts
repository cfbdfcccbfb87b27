import type { AdmissionPolicy, AdmittedOperation, AdmittedResources } from './admission-policy.ts';
import { MONITORING_GROUP } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { celList } from './cel.ts';

/** The API of both objects. It is stable since Kubernetes 1.30. */
export const ADMISSION_API = 'admissionregistration.k8s.io/v1';

/** What one entry of `matchConstraints.resourceRules` says. */
interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly AdmittedOperation[];
  readonly resources: readonly string[];
}

/** The `spec` of a ValidatingAdmissionPolicy, as far as the kit uses it. */
export interface PolicySpec {
  readonly failurePolicy: 'Fail';
  readonly matchConstraints: { readonly resourceRules: readonly ResourceRule[] };
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly {
    readonly expression: string;
    readonly message: string;
    readonly reason: 'Forbidden';
  }[];
}

/** The `spec` of a ValidatingAdmissionPolicyBinding, as far as the kit uses it. */
export interface BindingSpec {
  readonly policyName: string;
  readonly validationActions: readonly ('Deny' | 'Warn' | 'Audit')[];
  readonly matchResources?: {
    readonly namespaceSelector: {
      readonly matchExpressions: readonly {
        readonly key: string;
        readonly operator: 'NotIn';
        readonly values: readonly string[];
      }[];
    };
  };
}

/** Prints the `spec` of a policy. */
export function policySpec(policy: AdmissionPolicy): PolicySpec {
  const { operations = WRITES, releasedBy, resources, rules, variables } = policy;
  return {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: resources.flatMap((it) => resourceRules(it, operations)) },
    ...(releasedBy === 'spec' ? { matchConditions: [NOT_MERELY_RELEASED] } : {}),
    ...(variables.length === 0 ? {} : { variables }),
    validations: [...versionRules(resources), ...rules].map(({ id, expression, message }) => ({
      expression,
      message: `${id}: ${message}`,
      reason: 'Forbidden',
    })),
  };
}

/** Prints the `spec` of the binding of a policy. */
export function bindingSpec(
  policyName: string,
  { reach }: AdmissionPolicy,
  { platformNamespaces, warnOnly }: AdmissionSettings,
): BindingSpec {
  const values = [...platformNamespaces];
  return {
    policyName,
    validationActions: warnOnly ? ['Warn', 'Audit'] : ['Deny', 'Audit'],
    ...(reach === 'cluster'
      ? {}
      : {
          matchResources: {
            namespaceSelector: {
              // By the name, which the API server sets, and not by a mark of tenants: an object that was
              // made before its namespace was marked would never have been looked at.
              matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }],
            },
          },
        }),
  };
}

const WRITES: readonly AdmittedOperation[] = ['CREATE', 'UPDATE'];

// What exists already can be let go. Everything else about it must not change on the way: an object that
// waits for a finalizer is still acted on. It is of kinds alone that keep all of it in `spec`: where there
// is none, nothing would ever seem to change.
const NOT_MERELY_RELEASED = {
  name: 'not-merely-released',
  expression:
    'request.operation != "UPDATE" || !has(object.metadata.deletionTimestamp) || ' +
    'dyn(object).?spec != dyn(oldObject).?spec',
} as const;

// The named versions are those whose fields the API server checks the expressions against. The others are
// there to be refused, and not to slip through when the operator brings a new one.
function resourceRules(
  { group, versions, resources }: AdmittedResources,
  operations: readonly AdmittedOperation[],
): readonly ResourceRule[] {
  const rule = (apiVersions: readonly string[]): ResourceRule => ({
    apiGroups: [group],
    apiVersions,
    operations,
    resources,
  });
  return group === MONITORING_GROUP ? [rule(versions), rule(['*'])] : [rule(versions)];
}

function versionRules(
  resources: readonly AdmittedResources[],
): readonly { readonly id: string; readonly expression: string; readonly message: string }[] {
  const versions = [...new Set(resources.flatMap((it) => it.versions))];
  if (resources.every(({ group }) => group !== MONITORING_GROUP)) return [];
  return [
    {
      id: 'version',
      message: `this policy knows the fields of ${versions.join(' and ')} alone`,
      expression: `request.kind.version in ${celList(versions)}`,
    },
  ];
}
