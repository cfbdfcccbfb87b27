import { App, Chart, Duration, Size } from 'cdk8s';
import { TenantPrometheus } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
void new TenantPrometheus(platform, 'prometheus', {
  cluster: 'main',
  retention: Duration.days(1),
  storage: Size.gibibytes(100),
  limits: { samples: 20_000 },
});
app.synth();
