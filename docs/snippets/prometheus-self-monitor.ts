import { App, Chart } from 'cdk8s';
import { PrometheusSelfMonitor, TenantPrometheus } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
void new PrometheusSelfMonitor(platform, 'self-monitor', { prometheus });
app.synth();
