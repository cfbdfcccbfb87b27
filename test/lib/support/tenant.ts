import { Tenant, type TenantFrontend, type TenantProps } from '../../../tenant/onboarding/index.ts';
import { type Manifest, manifestsOf, platformChart } from './manifests.ts';

/** What a tenant asks of a frontend, where the test is not about the frontend. */
export const TENANT_FRONTEND: TenantFrontend = {
  attributes: { verb: 'get', group: '', resource: 'namespace', subresource: 'metrics' },
  urlOf: (tenant) => `https://frontend.monitoring.svc:8443/namespaces/${tenant}/`,
};

/** What it asks of a Prometheus. */
export const SCRAPER: TenantProps['scraper'] = {
  namespace: 'monitoring',
  pods: { component: 'prometheus', podLabels: { app: 'prometheus' }, metricsPorts: [] },
};

/** The objects of the tenant team-a. */
export function tenantManifests(props: Partial<TenantProps> = {}): Manifest[] {
  const chart = platformChart();
  void new Tenant(chart, 'tenant', {
    namespace: 'team-a',
    frontend: TENANT_FRONTEND,
    scraper: SCRAPER,
    ...props,
  });
  return manifestsOf(chart);
}
