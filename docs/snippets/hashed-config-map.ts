import { App, Chart } from 'cdk8s';
import { HashedConfigMap } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
// What mounts it by its name is rolled when the content changes, for the name changes with it.
void new HashedConfigMap(platform, 'settings', {
  prefix: 'settings',
  data: { 'settings.yaml': 'interval: 30s\n' },
  labels: { 'app.kubernetes.io/name': 'example' },
});
app.synth();
