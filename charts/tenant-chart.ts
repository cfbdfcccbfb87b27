import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Namespace, Subject, Tenant } from '../tenant/onboarding/index.ts';
import type { PlatformChart } from './platform-chart.ts';
import type { TenantEntry } from './tenants.ts';

/** Settings of a {@link TenantChart}. */
export interface TenantChartProps {
  /** The tenant as it is listed. */
  readonly tenant: TenantEntry;
  /** What all tenants share. */
  readonly platform: PlatformChart;
  /** The chart of the namespaces' labels, which is applied on its own. */
  readonly namespaceLabels: Chart;
}

/** What one tenant gets. */
export class TenantChart extends Chart {
  /** The tenant. */
  readonly tenant: Tenant;

  constructor(scope: Construct, id: string, props: TenantChartProps) {
    const { namespace, readerGroups = [] } = props.tenant;
    super(scope, id, { namespace, disableResourceNameHashes: true });
    this.tenant = new Tenant(this, 'tenant', {
      namespace,
      frontend: props.platform.frontend,
      scraper: props.platform.prometheus,
      readers: readerGroups.map((group) => Subject.group(group)),
      namespaceObject: Namespace.labelled({ scope: props.namespaceLabels }),
    });
  }
}
