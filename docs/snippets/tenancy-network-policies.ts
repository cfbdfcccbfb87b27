import { App, Chart } from 'cdk8s';
import {
  NetworkDestination,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
} from '../../lib/index.ts';

const app = new App();
const platform = new Chart(app, 'platform', { namespace: 'monitoring' });
const prometheus = new TenantPrometheus(platform, 'prometheus', { cluster: 'main' });
const querier = new ThanosQuerier(platform, 'querier', { endpoints: [prometheus] });
const frontend = new TenantQueryFrontend(platform, 'frontend', { upstream: querier });
void new TenancyNetworkPolicies(platform, 'network', {
  prometheus,
  querier,
  frontend,
  apiServer: NetworkDestination.cidrs(['192.0.2.10/32'], [6_443]),
  objstore: NetworkDestination.pods({ namespace: 'minio', podLabels: { app: 'minio' } }, [9_000]),
});
app.synth();
