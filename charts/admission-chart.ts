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
    this.#requirePlatform('watchedBy', platform.monitors.watchedBy.other?.namespace, tenants);
    this.#requirePlatform('operator', platform.operatorMonitor?.namespace, tenants);
  }

  // A tenant there would be let to the metrics ports, at which parts of Thanos answer queries of everything.
  // What runs there without being of the platform could not be changed any more.
  #requirePlatform(
    setting: string,
    namespace: string | undefined,
    tenants: readonly TenantEntry[],
  ): void {
    if (namespace === undefined) return;
    const subject = `AdmissionChart ${this.node.path} ${setting}`;
    if (tenants.some((tenant) => tenant.namespace === namespace)) {
      throw new SynthError(
        subject,
        `runs in the namespace of the tenant ${namespace}, whose pods could pass for it`,
        'name a namespace of the platform',
      );
    }
    const { platformNamespaces } = this.policies;
    if (platformNamespaces.includes(namespace)) return;
    throw new SynthError(
      subject,
      `runs in ${namespace}, where the policies would refuse its next change`,
      `set platformNamespaces of the admission policies to ${[...platformNamespaces, namespace].join(', ')}`,
    );
  }
}
