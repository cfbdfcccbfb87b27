// An app of a platform team, as it would lie in a repository of its own.
import { App, Chart } from 'cdk8s';
import * as kit from 'prometheus-tenancy-kit';
import { parseTenantId } from 'prometheus-tenancy-kit/tenant';
import { Subject, Tenant } from 'prometheus-tenancy-kit/onboarding';

const app = new App({ outdir: 'dist' });
const platform = new Chart(app, 'platform', { namespace: 'observability' });
const prometheus = new kit.TenantPrometheus(platform, 'prometheus', { cluster: 'example' });
const store = new kit.ThanosStoreGateway(platform, 'store');
const querier = new kit.ThanosQuerier(platform, 'querier', { endpoints: [prometheus, store] });
const frontend = new kit.TenantQueryFrontend(platform, 'frontend', { upstream: querier });
new kit.TenancyNetworkPolicies(platform, 'network', { prometheus, querier, frontend });

for (const namespace of ['shop', 'billing']) {
  if (parseTenantId(namespace) === undefined) throw new Error(`${namespace} is no namespace`);
  new Tenant(new Chart(app, namespace), 'tenant', {
    namespace,
    frontend,
    scraper: prometheus,
    readers: [Subject.group(`${namespace}-developers`)],
  });
}
app.synth();
