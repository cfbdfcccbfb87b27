import { App, Chart, Duration, Size } from 'cdk8s';
import { BucketCache, IndexCache, Memcached, ThanosStoreGateway } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const memcached = new Memcached(platform, 'memcached');
void new ThanosStoreGateway(platform, 'store', {
  // Two partitions by age, with two shards in each.
  shards: 2,
  timePartitions: [Duration.days(30)],
  indexCache: IndexCache.inMemory(Size.mebibytes(500)),
  bucketCache: BucketCache.memcached(memcached),
  claims: 'deleteWhenScaled',
  extraEnv: { HTTPS_PROXY: 'http://proxy.example:3128' },
});
app.synth();
