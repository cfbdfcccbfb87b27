export { CertificateAuthority } from './certificate-authority.ts';
export {
  type DataSourceTarget,
  GrafanaDataSource,
  type GrafanaDataSourceProps,
  type TokenDataSourceProps,
} from './grafana-data-source.ts';
export { METRICS_ONLY_LABEL, METRICS_ONLY_VALUE } from './metrics-ingress.ts';
export { type LabelledNamespaceProps, type ManagedNamespaceProps, Namespace } from './namespace.ts';
export { Subject } from './subject.ts';
export { Tenant, type TenantFrontend, type TenantProps, type TenantScraper } from './tenant.ts';
export { Token, type TokenTarget } from './token.ts';
