import { App, Chart } from 'cdk8s';
import {
  MonitoringDashboards,
  monitoredJobs,
  PlatformMonitors,
  PrometheusSelfMonitor,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
} from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const querier = new ThanosQuerier(platform, 'querier', { endpoints: [prometheus] });
const frontend = new TenantQueryFrontend(platform, 'frontend', { upstream: querier });
const monitors = new PlatformMonitors(platform, 'monitors', { prometheus, querier, frontend });
const self = new PrometheusSelfMonitor(platform, 'self-monitor', { prometheus });
void new MonitoringDashboards(platform, 'dashboards', {
  jobs: monitoredJobs([...monitors.monitors, self.scrapeConfig]),
});
app.synth();
