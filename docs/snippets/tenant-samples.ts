import { App, Chart } from 'cdk8s';
import { TenantSamples } from '../../tenant/onboarding/index.ts';

const app = new App();
const chart = new Chart(app, 'team-a');
void new TenantSamples(chart, 'samples', {
  namespace: 'team-a',
  labels: { 'app.kubernetes.io/part-of': 'shop' },
});
app.synth();
