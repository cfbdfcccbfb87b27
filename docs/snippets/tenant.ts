import { App, Chart } from 'cdk8s';
import { TenantPrometheus, TenantQueryFrontend, ThanosQuerier } from '../../lib/index.ts';
import { GrafanaDataSource, Subject, Tenant, Token } from '../../tenant/onboarding/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const querier = new ThanosQuerier(platform, 'querier', { endpoints: [prometheus] });
const frontend = new TenantQueryFrontend(platform, 'frontend', { upstream: querier });
void new Tenant(new Chart(app, 'team-a'), 'tenant', {
  namespace: 'team-a',
  frontend,
  scraper: prometheus,
  readers: [Subject.group('team-a-developers')],
  token: Token.legacySecret(),
  grafana: GrafanaDataSource.ownInstance(),
});
app.synth();
