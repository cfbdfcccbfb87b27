import { App, Chart } from 'cdk8s';
import { AggregatedEditors } from '../../tenant/onboarding/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
void new AggregatedEditors(platform, 'editors', { rules: 'admin' });
app.synth();
