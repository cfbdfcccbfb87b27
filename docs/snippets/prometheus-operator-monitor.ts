import { App, Chart } from 'cdk8s';
import {
  MonitoringRules,
  monitoredJobs,
  PrometheusOperatorMonitor,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
} from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const querier = new ThanosQuerier(platform, 'querier', { endpoints: [prometheus] });
const frontend = new TenantQueryFrontend(platform, 'frontend', { upstream: querier });
const operator = new PrometheusOperatorMonitor(platform, 'operator', {
  prometheus,
  namespace: 'prometheus-operator',
});
void new MonitoringRules(platform, 'rules', { jobs: monitoredJobs([operator.monitor]) });
void new TenancyNetworkPolicies(platform, 'network', {
  prometheus,
  querier,
  frontend,
  scrapeTargets: [operator.destination],
});
app.synth();
