import { App, Chart } from 'cdk8s';
import { TenantPrometheus, ThanosQuerier, ThanosStoreGateway } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const store = new ThanosStoreGateway(platform, 'store');
void new ThanosQuerier(platform, 'querier', { endpoints: [prometheus, store] });
app.synth();
