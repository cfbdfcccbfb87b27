import { App, Chart } from 'cdk8s';
import {
  PlatformMonitors,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
} from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const querier = new ThanosQuerier(platform, 'querier', { endpoints: [prometheus] });
const frontend = new TenantQueryFrontend(platform, 'frontend', { upstream: querier });
void new PlatformMonitors(platform, 'monitors', { prometheus, querier, frontend });
app.synth();
