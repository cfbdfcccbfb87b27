import { App, Chart, Size } from 'cdk8s';
import { IndexCache, Memcached, ThanosStoreGateway } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const cache = new Memcached(platform, 'cache', { replicas: 3, memory: Size.gibibytes(2) });
void new ThanosStoreGateway(platform, 'store', { indexCache: IndexCache.memcached(cache) });
app.synth();
