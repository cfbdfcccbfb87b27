import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { clusterScoped } from '../cluster-scoped.ts';
import { PART_OF } from '../labels.ts';
import { requireNamespace } from '../platform-namespace.ts';
import { ADMISSION_API, bindingSpec, policySpec } from './admission-manifests.ts';
import { admissionPolicies } from './admission-policies.ts';
import type { AdmissionPolicy } from './admission-policy.ts';
import {
  resolveAdmission,
  type TenantAdmissionPoliciesProps,
} from './tenant-admission-policies-props.ts';

/**
 * Refuses objects by which one tenant could read, or write, what belongs to another.
 *
 * The operator's enforcement sets the tenancy label, and no more: where Prometheus scrapes, over which
 * proxy and with which credentials is for the tenant to say. These policies of the API server close that
 * in every namespace but those of the platform, marked as a tenant's or not. Objects that exist already
 * are not looked at before they change.
 */
export class TenantAdmissionPolicies extends Construct {
  /** The namespaces in which everything is accepted. */
  readonly platformNamespaces: readonly string[];
  /** What is refused, as it stands in the objects. */
  readonly policies: readonly AdmissionPolicy[];

  constructor(scope: Construct, id: string, props: TenantAdmissionPoliciesProps = {}) {
    super(scope, id);
    const subject = `TenantAdmissionPolicies ${this.node.path}`;
    const settings = resolveAdmission(subject, requireNamespace(this, subject), props);
    this.platformNamespaces = settings.platformNamespaces;
    this.policies = admissionPolicies(settings);
    const labels = {
      'app.kubernetes.io/part-of': PART_OF,
      'app.kubernetes.io/component': 'admission',
    };
    for (const policy of this.policies) {
      const metadata = { name: `${PART_OF}-${policy.name}`, labels };
      clusterScoped(
        new ApiObject(this, `${policy.name}-policy`, {
          apiVersion: ADMISSION_API,
          kind: 'ValidatingAdmissionPolicy',
          metadata,
          spec: policySpec(policy),
        }),
      );
      clusterScoped(
        new ApiObject(this, `${policy.name}-binding`, {
          apiVersion: ADMISSION_API,
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata,
          spec: bindingSpec(metadata.name, policy, settings),
        }),
      );
    }
  }
}
