import { App, Chart, Duration } from 'cdk8s';
import { ThanosCompactor, ThanosStoreGateway } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const store = new ThanosStoreGateway(platform, 'store');
void new ThanosCompactor(platform, 'compactor', {
  // A block is deleted only after the gateway has let go of it.
  stores: [store],
  retention: { raw: Duration.days(30), fiveMinutes: Duration.days(180) },
});
app.synth();
