import { App, Chart, Duration, Size } from 'cdk8s';
import { IndexCache, ThanosStoreGateway } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
void new ThanosStoreGateway(platform, 'store', {
  // Two partitions by age, with two shards in each.
  shards: 2,
  timePartitions: [Duration.days(30)],
  indexCache: IndexCache.inMemory(Size.mebibytes(500)),
});
app.synth();
