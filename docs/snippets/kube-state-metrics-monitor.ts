import { App, Chart } from 'cdk8s';
import { KubeStateMetricsMonitor, TenantPrometheus } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
void new KubeStateMetricsMonitor(platform, 'kube-state-metrics', { prometheus });
app.synth();
