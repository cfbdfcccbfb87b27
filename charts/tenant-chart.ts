import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  GrafanaDataSource,
  Namespace,
  Subject,
  Tenant,
  type TenantQuota,
  Token,
} from '../tenant/onboarding/index.ts';
import { SynthError } from '../lib/index.ts';
import type { PlatformChart } from './platform-chart.ts';
import { parseCpu, parseMemory } from './quantities.ts';
import type { TenantBounds, TenantEntry, TenantGrafana, TenantToken } from './tenants.ts';

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
    const { namespace, quota, samples, token } = props.tenant;
    const {
      readerGroups = [],
      ruleEditorGroups = [],
      silencerGroups = [],
      writerGroups = [],
    } = props.tenant;
    const groups = (names: readonly string[]): readonly Subject[] =>
      names.map((name) => Subject.group(name));
    super(scope, id, { namespace, disableResourceNameHashes: true });
    this.tenant = new Tenant(this, 'tenant', {
      namespace,
      frontend: props.platform.frontend,
      scraper: props.platform.prometheus,
      readers: groups(readerGroups),
      silencers: groups(silencerGroups),
      writers: groups(writerGroups),
      ruleEditors: groups(ruleEditorGroups),
      ...(token !== undefined && { token: TOKENS[token]() }),
      grafana: dataSourceOf(props.tenant.grafana ?? 'ownInstance'),
      ...(quota !== undefined && { quota: quotaOf(namespace, quota) }),
      ...(samples !== undefined && { samples }),
      namespaceObject: Namespace.labelled({ scope: props.namespaceLabels }),
    });
  }
}

const TOKENS: Readonly<Record<TenantToken, () => Token>> = {
  legacySecret: () => Token.legacySecret(),
  renewed: () => Token.renewed(),
  none: () => Token.none(),
};

function quotaOf(namespace: string, { containerDefaults, ...counts }: TenantBounds): TenantQuota {
  if (containerDefaults === undefined) return counts;
  const cpu = parseCpu(containerDefaults.cpu);
  const memory = parseMemory(containerDefaults.memory);
  const memoryLimit = parseMemory(containerDefaults.memoryLimit);
  if (cpu === undefined || memory === undefined || memoryLimit === undefined) {
    throw new SynthError(
      `TenantChart ${namespace} quota.containerDefaults`,
      `${JSON.stringify(containerDefaults)} holds what is no quantity`,
      'write CPU as 100m or 1, and memory as 128Mi or 1Gi',
    );
  }
  return { ...counts, containerDefaults: { cpu, memory, memoryLimit } };
}

function dataSourceOf(grafana: TenantGrafana): GrafanaDataSource | 'none' {
  switch (grafana) {
    case 'none':
      return 'none';
    case 'ownInstance':
      return GrafanaDataSource.ownInstance();
    case 'forwardedOAuth':
      return GrafanaDataSource.forwardedOAuth();
    default:
      return GrafanaDataSource.organisation(grafana.organisation);
  }
}
