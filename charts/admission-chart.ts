import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  SynthError,
  TenantAdmissionPolicies,
  type TenantAdmissionPoliciesProps,
} from '../lib/index.ts';
import type { PlatformChart } from './platform-chart.ts';
import type { TenantEntry } from './tenants.ts';

/** Settings of an {@link AdmissionChart}. */
export interface AdmissionChartProps extends Omit<TenantAdmissionPoliciesProps, 'tenancyLabel'> {
  /** What all tenants share. Its namespace belongs to the platform. */
  readonly platform: PlatformChart;
  /** The tenants, none of which may be called a namespace of the platform. */
  readonly tenants: readonly TenantEntry[];
}

/** What tenants may not write. It is for the whole cluster, so it needs an administrator to apply. */
export class AdmissionChart extends Chart {
  /** The policies. */
  readonly policies: TenantAdmissionPolicies;

  constructor(scope: Construct, id: string, props: AdmissionChartProps) {
    const { platform, tenants, ...policies } = props;
    const { namespace, tenancyLabel } = platform.prometheus;
    super(scope, id, { namespace, disableResourceNameHashes: true });
    this.policies = new TenantAdmissionPolicies(this, 'admission', { ...policies, tenancyLabel });
    for (const tenant of tenants) {
      if (!this.policies.platformNamespaces.includes(tenant.namespace)) continue;
      throw new SynthError(
        `AdmissionChart ${this.node.path} platformNamespaces`,
        `names the tenant ${tenant.namespace}, from whom everything would be accepted`,
        'leave it out',
      );
    }
  }
}
