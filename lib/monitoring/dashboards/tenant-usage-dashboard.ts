import type { TenancyLabel } from '../../../tenant/tenancy-label.ts';
import type { PlatformSeries } from '../platform-series.ts';
import { type Dashboard, graph, type PanelRow, stat } from './panel.ts';

/** Name of the variable that holds the tenant. */
export const TENANT_VARIABLE = 'tenant';

// How the operator names a scrape: kind, namespace and name of the monitor, number of the endpoint.
const MONITOR = '(?:serviceMonitor|podMonitor)/([^/]+)/.+';
const POOLS = 'prometheus_target_scrape_pool_targets';

/**
 * What each tenant uses.
 *
 * The first row compares tenants by the platform's own metrics. The second looks at one tenant's
 * scrapes, which lie in that tenant's namespace: the tenant is pinned instead of the platform, and
 * nothing is joined, so a tenant who makes up such series changes its own picture only.
 */
export function tenantUsageDashboard(
  series: PlatformSeries,
  tenancyLabel: TenancyLabel,
): Dashboard {
  return {
    uid: 'tenancy-tenant-usage',
    title: 'Tenancy / Usage of tenants',
    description: 'Targets, series and samples of tenants. Needs a data source that may read them.',
    variables: [
      {
        name: TENANT_VARIABLE,
        label: 'Tenant',
        selector: series.of('prometheus', POOLS),
        valueLabel: 'scrape_job',
        pattern: `/^${MONITOR.replaceAll('/', String.raw`\/`)}$/`,
      },
    ],
    rows: [allTenants(series), oneTenant(tenancyLabel)],
  };
}

function allTenants(series: PlatformSeries): PanelRow {
  // Replicas have the same pools, so one of them speaks for all.
  const byTenant = (metric: string): string =>
    `sum by (tenant) (label_replace(max by (scrape_job) (${series.of('prometheus', metric)}), "tenant", "$1", "scrape_job", "${MONITOR}"))`;
  const panels = [
    graph('Targets', 'short', 'Targets of each tenant.', [byTenant(POOLS), '{{tenant}}']),
    graph('Metric names', 'short', 'Names that the targets of each tenant describe.', [
      byTenant('prometheus_target_metadata_cache_entries'),
      '{{tenant}}',
    ]),
    graph('Label texts', 'short', 'Distinct label names and values of each tenant in memory.', [
      byTenant('prometheus_target_scrape_pool_symboltable_items'),
      '{{tenant}}',
    ]),
  ];
  return { title: 'All tenants', panels };
}

function oneTenant(tenancyLabel: TenancyLabel): PanelRow {
  const own = (metric: string): string => `${metric}{${tenancyLabel}="$${TENANT_VARIABLE}"}`;
  const panels = [
    stat('Targets that are down', 'short', 'Targets whose last scrape failed.', [
      `count(${own('up')} == 0) or vector(0)`,
      'down',
    ]),
    graph('Series', 'short', 'Series that the last scrapes brought, after relabelling.', [
      `sum by (job) (${own('scrape_samples_post_metric_relabeling')})`,
      '{{job}}',
    ]),
    graph('Samples scraped', 'short', 'Samples that the last scrapes brought.', [
      `sum by (job) (${own('scrape_samples_scraped')})`,
      '{{job}}',
    ]),
    graph('New series', 'short', 'Series that were not there at the scrape before.', [
      `sum by (job) (${own('scrape_series_added')})`,
      '{{job}}',
    ]),
    graph('Slowest scrape', 's', 'Duration of the slowest scrape of each job.', [
      `max by (job) (${own('scrape_duration_seconds')})`,
      '{{job}}',
    ]),
  ];
  return { title: 'Tenant $tenant', panels };
}
