import { App, Chart } from 'cdk8s';
import { TenantQueryFrontend, ThanosQuerier } from '../../lib/index.ts';
import { AggregatedReaders } from '../../tenant/onboarding/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const frontend = new TenantQueryFrontend(platform, 'frontend', { upstream: ThanosQuerier.named() });
void new AggregatedReaders(platform, 'readers', { frontend, role: 'edit' });
app.synth();
