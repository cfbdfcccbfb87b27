import { App, Chart } from 'cdk8s';
import { Memcached, ResponseCache, ThanosQuerier, ThanosQueryFrontend } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const cache = new Memcached(platform, 'cache');
void new ThanosQueryFrontend(platform, 'thanos-query-frontend', {
  downstream: ThanosQuerier.named(),
  rangeCache: ResponseCache.memcached(cache),
});
app.synth();
