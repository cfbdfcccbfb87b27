import { App, Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
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
  writers: [Subject.serviceAccount('agent')],
  ruleEditors: [Subject.group('team-a-developers')],
  token: Token.renewed(),
  grafana: GrafanaDataSource.ownInstance(),
  quota: {
    monitors: 20,
    rules: 20,
    containerDefaults: {
      cpu: Cpu.millis(50),
      memory: Size.mebibytes(64),
      memoryLimit: Size.mebibytes(256),
    },
  },
  samples: true,
});
app.synth();
