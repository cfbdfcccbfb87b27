import { App, Chart } from 'cdk8s';
import {
  MonitoringRules,
  monitoredJobs,
  PrometheusSelfMonitor,
  TenantPrometheus,
} from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const self = new PrometheusSelfMonitor(platform, 'self-monitor', { prometheus });
void new MonitoringRules(platform, 'rules', {
  // With `PlatformMonitors`, the jobs of its scrape configurations as well.
  jobs: monitoredJobs([self.scrapeConfig]),
  alertLabels: { team: 'platform' },
});
app.synth();
