import { TENANT_NAMESPACE_LABEL } from '../../tenant/tenancy-label.ts';
import { spreadEvenly } from '../availability.ts';
import { OBJSTORE_FILE, objstoreMounts } from '../objstore-secret.ts';
import { PLATFORM_RULE_LABELS } from '../monitoring/platform-rule-labels.ts';
import { PLATFORM_SCRAPE_LABELS } from '../monitoring/platform-scrape-labels.ts';
import { plainPodFields } from '../plain-pod-fields.ts';
import { placementFields, podMetadata } from '../pod-placement.ts';
import { NOBODY, restrictedPod } from '../pod-security.ts';
import { resourceFields } from '../resources.ts';
import { grpcFiles, grpcMounts } from '../thanos/grpc-tls.ts';
import { printDuration, toQuantity } from '../units.ts';
import { enforcedLimitFields } from './enforced-limits.ts';
import { reservedNameFields } from './reserved-names.ts';
import {
  PROMETHEUS_LABEL,
  REPLICA_LABEL,
  type TenantPrometheusSettings,
} from './tenant-prometheus-props.ts';

/** A part of the `spec` of a Prometheus resource, as the API server stores it. */
export type SpecFields = Readonly<Record<string, unknown>>;

/** Name of the web port of a Prometheus pod. */
const WEB_PORT_NAME = 'web';

/**
 * The fields that keep tenants apart, whatever their monitors say.
 *
 * The selector for probes stays absent, which selects none; scrape configurations and rules are those of
 * the platform alone: the operator's enforcement has gaps for each of the three.
 */
export function tenancyFields(subject: string, settings: TenantPrometheusSettings): SpecFields {
  const { unsafe } = settings;
  const tenantNamespaces = unsafe.unsafeEveryNamespace
    ? {}
    : { matchExpressions: [{ key: TENANT_NAMESPACE_LABEL, operator: 'Exists' }] };
  return {
    enforcedNamespaceLabel: settings.tenancyLabel,
    ignoreNamespaceSelectors: !unsafe.unsafeForeignNamespaces,
    overrideHonorLabels: !unsafe.unsafeHonorLabels,
    overrideHonorTimestamps: !unsafe.unsafeHonorTimestamps,
    arbitraryFSAccessThroughSMs: { deny: !unsafe.unsafeFileAccess },
    ...enforcedLimitFields(subject, settings.limits),
    ...reservedNameFields(subject, settings.reserved),
    serviceMonitorNamespaceSelector: tenantNamespaces,
    serviceMonitorSelector: {},
    podMonitorNamespaceSelector: tenantNamespaces,
    podMonitorSelector: {},
  };
}

/**
 * The fields that take the platform's own scrapes and rules. Without a namespace selector the operator looks
 * in the namespace of Prometheus alone, where tenants write nothing.
 */
export function platformFields(): SpecFields {
  return {
    scrapeConfigSelector: { matchLabels: { ...PLATFORM_SCRAPE_LABELS } },
    ruleSelector: { matchLabels: { ...PLATFORM_RULE_LABELS } },
  };
}

/** The fields that close what Prometheus offers beside its query API. */
export function surfaceFields(settings: TenantPrometheusSettings): SpecFields {
  return {
    enableAdminAPI: settings.unsafe.unsafeAdminApi,
    enableRemoteWriteReceiver: false,
    enableOTLPReceiver: false,
    // A signal instead of the lifecycle API: a target could be made to ask for `/-/quit`.
    reloadStrategy: 'ProcessSignal',
    // Endpoints are deprecated and hold at most 1,000 addresses.
    serviceDiscoveryRole: 'EndpointSlice',
    portName: WEB_PORT_NAME,
  };
}

/** The fields that say who this Prometheus is, in Thanos and in alerts. */
export function identityFields(settings: TenantPrometheusSettings): SpecFields {
  return {
    externalLabels: settings.externalLabels,
    prometheusExternalLabelName: PROMETHEUS_LABEL,
    replicaExternalLabelName: REPLICA_LABEL,
    scrapeInterval: printDuration(settings.scrapeInterval),
    retention: printDuration(settings.retention),
  };
}

/** The fields of the Thanos sidecar, which uploads blocks and answers the querier. */
export function sidecarFields(settings: TenantPrometheusSettings): SpecFields {
  return {
    // Said outright: operators since 0.93 would otherwise let Prometheus compact blocks that were
    // uploaded, which needs a sidecar flag that not every Thanos has.
    disableCompaction: true,
    thanos: {
      image: settings.thanos.image,
      version: settings.thanos.version,
      objectStorageConfigFile: OBJSTORE_FILE,
      volumeMounts: [
        ...objstoreMounts(settings.objstore),
        ...grpcMounts(settings.grpcTls, 'server'),
      ],
      ...grpcServerFields(settings),
      logFormat: 'json',
      resources: resourceFields(settings.sidecarResources),
    },
  };
}

function grpcServerFields({ grpcTls }: TenantPrometheusSettings): SpecFields {
  if (grpcTls === undefined) return {};
  const { ca, cert, key } = grpcFiles('server');
  return { grpcServerTlsConfig: { caFile: ca, certFile: cert, keyFile: key } };
}

/** The fields of the pods: image, disk, rights and where they may run. */
export function podFields(
  settings: TenantPrometheusSettings,
  podLabels: Readonly<Record<string, string>>,
): SpecFields {
  return {
    image: settings.prometheus.image,
    version: settings.prometheus.version,
    replicas: settings.replicas,
    ...(settings.priorityClassName === undefined
      ? {}
      : { priorityClassName: settings.priorityClassName }),
    serviceAccountName: `prometheus-${settings.name}`,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    podMetadata: podMetadata(podLabels, settings.placement),
    ...plainPodFields(placementFields(settings.placement)),
    resources: resourceFields(settings.resources),
    securityContext: restrictedPod(NOBODY),
    logFormat: 'json',
    storage: {
      volumeClaimTemplate: {
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(settings.storageClassName === undefined
            ? {}
            : { storageClassName: settings.storageClassName }),
          resources: { requests: { storage: toQuantity(settings.storage).value } },
        },
      },
    },
    topologySpreadConstraints: spreadEvenly(podLabels),
  };
}
