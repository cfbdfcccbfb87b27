import { App, Chart } from 'cdk8s';
import { ObjectStore, ThanosBucketWeb } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const objstore = ObjectStore.fromSecret('blocks');
void new ThanosBucketWeb(platform, 'bucket-web', { objstore });
app.synth();
