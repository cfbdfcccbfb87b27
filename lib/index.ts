export {
  type CertManagerIssuer,
  ServingCertificate,
} from './query-frontend/serving-certificate.ts';
export {
  type Connection,
  isReachable,
  type ManifestPolicy,
  type NetworkNode,
} from './network/reachability.ts';
export type { AccessFeatures } from './query-frontend/access-features.ts';
export { type ComponentIdentity, objectLabels, PART_OF, selectorLabels } from './labels.ts';
export type { ContainerResources } from './resources.ts';
export type { EnforcedLimits } from './prometheus/enforced-limits.ts';
export { HashedConfigMap, type HashedConfigMapProps } from './hashed-config-map.ts';
export { IndexCache } from './thanos/index-cache.ts';
export { NetworkDestination, type RemotePods } from './network/network-destination.ts';
export type {
  NodeImage,
  QueryUpstream,
  TenantQueryFrontendProps,
} from './query-frontend/tenant-query-frontend-props.ts';
export type { ObjstoreSecret } from './objstore-secret.ts';
export type { PodGroup, PodPort } from './pod-group.ts';
export { RuntimeBundle, type RuntimeRole } from './query-frontend/runtime-bundle.ts';
export { RuntimeCode } from './query-frontend/runtime-code.ts';
export { type StoreEndpoint, srvAddress } from './thanos/store-endpoint.ts';
export type { StoreLimits, ThanosStoreGatewayProps } from './thanos/store-gateway-props.ts';
export { SynthError } from './synth-error.ts';
export { TenancyNetworkPolicies, WARNING_ANNOTATION } from './network/tenancy-network-policies.ts';
export type {
  DnsResolver,
  TenancyNetworkPoliciesProps,
} from './network/tenancy-network-policies-props.ts';
export { TenantPrometheus } from './prometheus/tenant-prometheus.ts';
export type {
  TenantPrometheusProps,
  VersionedImage,
} from './prometheus/tenant-prometheus-props.ts';
export { TenantQueryFrontend } from './query-frontend/tenant-query-frontend.ts';
export { ThanosArgs } from './thanos/args.ts';
export { THANOS_FLAGS, type FlagTable, type ThanosComponent } from './thanos/flags.ts';
export { ThanosQuerier, type ThanosQuerierProps } from './thanos/querier.ts';
export { ThanosStoreGateway } from './thanos/store-gateway.ts';
export type { UnsafePrometheusSwitches } from './prometheus/unsafe-switches.ts';
export { WebAccess, type WebCertificates } from './prometheus/web-access.ts';
