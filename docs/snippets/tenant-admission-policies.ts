import { App, Chart } from 'cdk8s';
import { TenantAdmissionPolicies } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
void new TenantAdmissionPolicies(platform, 'admission', {
  probers: ['blackbox.monitoring:9115'],
});
app.synth();
