import { App, Chart, Duration, Size } from 'cdk8s';
import { TenantPrometheus, WebAccess } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
void new TenantPrometheus(platform, 'prometheus', {
  cluster: 'main',
  retention: Duration.days(1),
  storage: Size.gibibytes(100),
  limits: { samples: 20_000 },
  // cert-manager makes the certificates without which nobody may speak to the web port.
  webAccess: WebAccess.certManager(platform, 'web-certificates', {
    issuer: { name: 'prometheus-web' },
  }),
  tolerations: [{ key: 'dedicated', value: 'metrics', effect: 'NoSchedule' }],
});
app.synth();
