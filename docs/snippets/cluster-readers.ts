import { App, Chart } from 'cdk8s';
import { TenantQueryFrontend, ThanosQuerier } from '../../lib/index.ts';
import { ClusterReaders, Subject } from '../../tenant/onboarding/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const frontend = new TenantQueryFrontend(platform, 'frontend', {
  upstream: ThanosQuerier.named(),
  features: { clusterWide: { enabled: true } },
});
void new ClusterReaders(platform, 'cluster-readers', {
  frontend,
  readers: [Subject.group('platform-team')],
});
app.synth();
