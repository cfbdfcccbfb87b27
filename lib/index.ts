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
export { BearerToken, type ServiceAccountTokenProps } from './query-frontend/bearer-token.ts';
export type { FrontendTuning } from './query-frontend/frontend-tuning.ts';
export type { GrafanaId, OidcIssuer } from './query-frontend/identity-providers.ts';
export {
  AlertmanagerUpstream,
  type OperatedAlertmanagerProps,
  type OtherUpstreams,
  RulesUpstream,
} from './query-frontend/other-upstreams.ts';
export { TrustedAuthority } from './query-frontend/trusted-authority.ts';
export type { UpstreamConnection, UpstreamTls } from './query-frontend/upstream-connection.ts';
export type { CallerCredentials } from './query-frontend/caller-credentials.ts';
export { type ComponentIdentity, objectLabels, PART_OF, selectorLabels } from './labels.ts';
export type { ContainerResources } from './resources.ts';
export type { Autoscaling } from './autoscaling.ts';
export type { EnforcedLimits } from './prometheus/enforced-limits.ts';
export { HashedConfigMap, type HashedConfigMapProps } from './hashed-config-map.ts';
export { GrpcTls, type GrpcCertificatesProps, type GrpcSecrets } from './thanos/grpc-tls.ts';
export { BucketCache } from './thanos/bucket-cache.ts';
export type { ClaimRetention } from './thanos/claims.ts';
export { IndexCache } from './thanos/index-cache.ts';
export { Memcached, type MemcachedProps, type MemcachedServer } from './thanos/memcached.ts';
export {
  KubeStateMetricsMonitor,
  type KubeStateMetricsMonitorProps,
} from './monitoring/kube-state-metrics-monitor.ts';
export {
  MonitoringDashboards,
  type MonitoringDashboardsProps,
} from './monitoring/monitoring-dashboards.ts';
export { MonitoringRules, type MonitoringRulesProps } from './monitoring/monitoring-rules.ts';
export { monitoredJobs } from './monitoring/monitored-jobs.ts';
export {
  type MonitoredPart,
  PlatformMonitors,
  type PlatformMonitorsProps,
} from './monitoring/platform-monitors.ts';
export type { MonitoredComponent, MonitoredJobs } from './monitoring/platform-series.ts';
export {
  PrometheusOperatorMonitor,
  type PrometheusOperatorMonitorProps,
} from './monitoring/prometheus-operator-monitor.ts';
export type { ScrapedCertificate } from './monitoring/scraped-pods.ts';
export {
  type OtherPrometheus,
  type OtherPrometheusProps,
  WatchingPrometheus,
} from './monitoring/watching-prometheus.ts';
export {
  PrometheusSelfMonitor,
  type PrometheusSelfMonitorProps,
} from './monitoring/prometheus-self-monitor.ts';
export type { NetworkPart, PodConnection } from './network/network-part.ts';
export { NetworkDestination, type RemotePods } from './network/network-destination.ts';
export type {
  NodeImage,
  QueryConnection,
  QueryUpstream,
  TenantQueryFrontendProps,
} from './query-frontend/tenant-query-frontend-props.ts';
export {
  type AzureProps,
  type FilesystemProps,
  type GcsProps,
  ObjectStore,
  type ObjectStoreProps,
  type S3Props,
} from './object-store.ts';
export type { ObjstoreSecret } from './objstore-secret.ts';
export type { PodGroup, PodPort } from './pod-group.ts';
export type { PodPlacement } from './pod-placement.ts';
export { ReviewFlow, type ReviewFlowSettings } from './query-frontend/review-flow.ts';
export { ResponseCache } from './thanos/response-cache.ts';
export { RuntimeBundle, type RuntimeRole } from './query-frontend/runtime-bundle.ts';
export { RuntimeCode } from './query-frontend/runtime-code.ts';
export { type StoreEndpoint, srvAddress } from './thanos/store-endpoint.ts';
export type { StoreLimits, ThanosStoreGatewayProps } from './thanos/store-gateway-props.ts';
export {
  namespacesOfSeries,
  PLATFORM_SCRAPE_CLASS,
  type ReservedNames,
} from './prometheus/reserved-names.ts';
export { SynthError } from './synth-error.ts';
export { TenancyNetworkPolicies, WARNING_ANNOTATION } from './network/tenancy-network-policies.ts';
export type {
  DnsResolver,
  TenancyNetworkPoliciesProps,
} from './network/tenancy-network-policies-props.ts';
export type { AdmittedCallers } from './admission/admitted-callers.ts';
export { TenantAdmissionPolicies } from './admission/tenant-admission-policies.ts';
export type { TenantAdmissionPoliciesProps } from './admission/tenant-admission-policies-props.ts';
export type { PrometheusAlertmanager } from './prometheus/prometheus-alertmanager.ts';
export { TenantPrometheus } from './prometheus/tenant-prometheus.ts';
export type {
  TenantPrometheusProps,
  VersionedImage,
} from './prometheus/tenant-prometheus-props.ts';
export { TenantQueryFrontend } from './query-frontend/tenant-query-frontend.ts';
export { ThanosArgs } from './thanos/args.ts';
export { THANOS_FLAGS, type FlagTable, type ThanosComponent } from './thanos/flags.ts';
export type { AlertmanagerTarget } from './thanos/alertmanagers.ts';
export { ThanosBucketWeb, type ThanosBucketWebProps } from './thanos/bucket-web.ts';
export { ThanosReceive } from './thanos/receive.ts';
export type { ReceiveRouters, ThanosReceiveProps } from './thanos/receive-props.ts';
export { ThanosRuler } from './thanos/ruler.ts';
export type { RemoteWriteTarget, RulerMode, ThanosRulerProps } from './thanos/ruler-props.ts';
export type { RulesPlace, RulesSidecar, RulesSidecarParts } from './thanos/rules-sidecar.ts';
export { ThanosCompactor } from './thanos/compactor.ts';
export type {
  BlockServer,
  CompactorDeduplication,
  CompactorRetention,
  ThanosCompactorProps,
} from './thanos/compactor-props.ts';
export type { StreamSelector } from './thanos/compactor-shards.ts';
export { ThanosQueryFrontend } from './thanos/query-frontend.ts';
export type { ThanosQueryFrontendProps } from './thanos/query-frontend-props.ts';
export { ThanosQuerier } from './thanos/querier.ts';
export type { ThanosQuerierProps } from './thanos/querier-props.ts';
export { ThanosStoreGateway } from './thanos/store-gateway.ts';
export { THANOS_VERSIONS, type ThanosVersion } from './thanos/version.ts';
export type { ThanosWorkloadProps } from './thanos/workload-props.ts';
export type { UnsafePrometheusSwitches } from './prometheus/unsafe-switches.ts';
export {
  WebAccess,
  type WebCertificates,
  type WebCertificatesProps,
} from './prometheus/web-access.ts';
export type { WebUiSettings } from './query-frontend/web-ui.ts';
