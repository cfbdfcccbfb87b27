import { App, Chart } from 'cdk8s';
import { ThanosQuerier, ThanosReceive, ThanosRuler } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const receive = new ThanosReceive(platform, 'receive', { cluster: 'main' });
// A ruler that keeps nothing itself: what it computes goes to receive.
const groups = [{ name: 'up', rules: [{ record: 'up:sum', expr: 'sum by (namespace) (up)' }] }];
void new ThanosRuler(platform, 'ruler', {
  cluster: 'main',
  query: ThanosQuerier.named(),
  mode: { kind: 'stateless', remoteWrite: receive },
  rules: { up: JSON.stringify({ groups }) },
});
void new ThanosQuerier(platform, 'querier', { endpoints: [receive] });
app.synth();
