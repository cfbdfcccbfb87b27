export { AggregatedEditors, type AggregatedEditorsProps } from './aggregated-editors.ts';
export { AggregatedReaders, type AggregatedReadersProps } from './aggregated-readers.ts';
export { USER_FACING_ROLES, type UserFacingRole } from './aggregated-role.ts';
export { CertificateAuthority } from './certificate-authority.ts';
export { ClusterReaders, type ClusterReadersProps } from './cluster-readers.ts';
export {
  type DataSourceTarget,
  GrafanaDataSource,
  type GrafanaDataSourceProps,
  type SharedGrafanaDataSourceProps,
  type TokenDataSourceProps,
} from './grafana-data-source.ts';
export type { GrantedRole } from './granted-role.ts';
export { METRICS_ONLY_LABEL, METRICS_ONLY_VALUE } from './metrics-ingress.ts';
export { type LabelledNamespaceProps, type ManagedNamespaceProps, Namespace } from './namespace.ts';
export { OperatorDataSource, type OperatorDataSourceProps } from './operator-data-source.ts';
export type { OrganisationClaim } from './organisation-claims.ts';
export type { QuotaObjects, TenantQuota } from './quota.ts';
export type { ReaderAttributes, SilenceAttributes } from './reader-rules.ts';
export { TenantSamples, type TenantSamplesProps } from './samples.ts';
export { Subject } from './subject.ts';
export { Tenant, type TenantFrontend, type TenantProps, type TenantScraper } from './tenant.ts';
export { type RenewedTokenProps, Token, type TokenTarget } from './token.ts';
