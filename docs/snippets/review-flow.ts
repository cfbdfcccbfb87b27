import { App, Chart } from 'cdk8s';
import { ReviewFlow } from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
// The query frontend makes one of its own where it is given `reviewFlow`.
void new ReviewFlow(platform, 'reviews', {
  serviceAccountName: 'tenant-query-frontend',
  namespace: 'monitoring',
  reviews: [
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ],
  settings: { shares: 40 },
  labels: {},
});
app.synth();
