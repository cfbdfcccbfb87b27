import { App, Chart } from 'cdk8s';
import {
  ServingCertificate,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
} from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const querier = new ThanosQuerier(platform, 'querier', { endpoints: [prometheus] });
void new TenantQueryFrontend(platform, 'frontend', {
  upstream: querier,
  certificate: ServingCertificate.certManager({ kind: 'ClusterIssuer', name: 'internal' }),
  features: { allNamespaces: { enabled: true } },
});
app.synth();
