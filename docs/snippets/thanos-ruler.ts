import { App, Chart } from 'cdk8s';
import { TenantPrometheus, ThanosQuerier, ThanosRuler } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const groups = [{ name: 'up', rules: [{ record: 'up:sum', expr: 'sum by (namespace) (up)' }] }];
// The ruler asks the querier, and is one of its endpoints.
const ruler = new ThanosRuler(platform, 'ruler', {
  cluster: 'main',
  query: ThanosQuerier.named(),
  rules: { up: JSON.stringify({ groups }) },
});
void new ThanosQuerier(platform, 'querier', { endpoints: [prometheus, ruler] });
app.synth();
