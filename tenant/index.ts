export { ClusterScope, type SeriesScope } from './cluster-scope.ts';
export { isStaticLabelName, type StaticLabel, staticLabelsOf } from './static-labels.ts';
export { MAX_TENANT_ID_LENGTH, parseTenantId, type TenantId } from './tenant-id.ts';
export {
  DEFAULT_TENANCY_LABEL,
  TENANT_NAMESPACE_LABEL,
  parseTenancyLabel,
  type TenancyLabel,
} from './tenancy-label.ts';
export { TenantScope } from './tenant-scope.ts';
export { METRICS_WRITE, RULES_EDIT, type WriteAttributes } from './write-attributes.ts';
