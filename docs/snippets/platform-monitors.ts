import { App, Chart } from 'cdk8s';
import {
  MonitoringRules,
  monitoredJobs,
  PlatformMonitors,
  PrometheusSelfMonitor,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
  WatchingPrometheus,
} from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const querier = new ThanosQuerier(platform, 'querier', { endpoints: [prometheus] });
const frontend = new TenantQueryFrontend(platform, 'frontend', { upstream: querier });
// That of kube-prometheus-stack. Without it, here and below, the kit's own Prometheus does all of this.
const watchedBy = WatchingPrometheus.other({
  namespace: 'cluster-monitoring',
  podLabels: { 'app.kubernetes.io/name': 'prometheus' },
  labels: { release: 'kube-prometheus-stack' },
});
const parts = { prometheus, querier, frontend, watchedBy };
const { monitors } = new PlatformMonitors(platform, 'monitors', parts);
void new MonitoringRules(platform, 'rules', { jobs: monitoredJobs(monitors), watchedBy });
void new TenancyNetworkPolicies(platform, 'network', parts);
// What Prometheus says of itself stays with itself.
const self = new PrometheusSelfMonitor(platform, 'self-monitor', { prometheus });
void new MonitoringRules(platform, 'own-rules', {
  name: 'tenancy-prometheus',
  jobs: monitoredJobs([self.scrapeConfig]),
});
app.synth();
