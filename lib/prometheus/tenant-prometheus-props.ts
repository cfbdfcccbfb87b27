import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import { refuseShortRetention } from '../block-retention.ts';
import { refuseSharedIdentity } from '../external-labels.ts';
import { PROMETHEUS_IMAGE, PROMETHEUS_VERSION, THANOS_IMAGE, THANOS_VERSION } from '../images.ts';
import type { ObjstoreSecret } from '../objstore-secret.ts';
import { type PodPlacement, placementOf } from '../pod-placement.ts';
import type { ContainerResources } from '../resources.ts';
import { requireTenancyLabel } from '../tenancy-labels.ts';
import { fitEnv } from '../thanos/env.ts';
import type { GrpcTls } from '../thanos/grpc-tls.ts';
import type { EnforcedLimits } from './enforced-limits.ts';
import type { PrometheusAlertmanager } from './prometheus-alertmanager.ts';
import { refuseTooOld } from './prometheus-version.ts';
import type { ReservedNames } from './reserved-names.ts';
import type { UnsafePrometheusSwitches } from './unsafe-switches.ts';
import { WebAccess } from './web-access.ts';

/** An image and the version in it, which the operator needs to know. */
export interface VersionedImage {
  /** The image, by tag or digest. */
  readonly image: string;
  /** The version in it, such as `v3.15.0`. */
  readonly version: string;
}

/** Settings of a `TenantPrometheus`. */
export interface TenantPrometheusProps extends UnsafePrometheusSwitches, PodPlacement {
  /** The external label `cluster`. It must be unique among all clusters that share a bucket. */
  readonly cluster: string;
  /**
   * Name of the Prometheus resource.
   * @default 'tenancy'
   */
  readonly name?: string;
  /**
   * The label that carries the tenant. It is set on every series after all other relabelling.
   * @default 'namespace'
   */
  readonly tenancyLabel?: string;
  /**
   * External labels beside `cluster`. They identify this Prometheus, never a tenant.
   * @default - none
   */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /**
   * Pods that scrape the same targets; the querier removes the doubles.
   * @default 2
   */
  readonly replicas?: number;
  /**
   * The PriorityClass of the pods. It must exist.
   * @default - that of the cluster
   */
  readonly priorityClassName?: string;
  /**
   * How long data stays on the disk. Older data is in the object store.
   * @default Duration.days(2)
   */
  readonly retention?: Duration;
  /**
   * Disk of each replica.
   * @default Size.gibibytes(50)
   */
  readonly storage?: Size;
  /**
   * Class of that disk.
   * @default - the default class of the cluster
   */
  readonly storageClassName?: string;
  /** @default Duration.seconds(30) */
  readonly scrapeInterval?: Duration;
  /**
   * What one scrape of a tenant may bring.
   * @default - the defaults of each limit
   */
  readonly limits?: EnforcedLimits;
  /**
   * Names that belong to exporters of the platform, and that tenants' targets may not use.
   * @default - those of kube-state-metrics, the kubelet, cAdvisor and the node exporter
   */
  readonly reserved?: ReservedNames;
  /**
   * Where the sidecar uploads blocks.
   * @default - key `thanos.yaml` of the Secret `thanos-objstore-secret`
   */
  readonly objstore?: ObjstoreSecret;
  /**
   * The certificates of the sidecar's Store API.
   * @default - none: plain gRPC, which network policies keep to the querier
   */
  readonly grpcTls?: GrpcTls;
  /**
   * Who may speak to Prometheus' own web port, where all tenants' series are. By default whoever shows a
   * certificate; both ends have theirs in the Secrets `prometheus-web-tls` and `prometheus-web-client-tls`.
   * @default WebAccess.clientCertificates()
   */
  readonly webAccess?: WebAccess;
  /**
   * Where alerts of the platform go.
   * @default - nowhere: Prometheus alone shows them
   */
  readonly alertmanagers?: readonly PrometheusAlertmanager[];
  /**
   * Annotations of the ServiceAccount, by which clouds give its pods an identity: the role of AWS, the
   * service account of Google or the client of Azure that may use the object store.
   * @default - none
   */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /**
   * Adds a Service `thanos-sidecar`, which the sidecars of installations that came before us were behind.
   * Network policies let in nobody else for that.
   * @default false
   */
  readonly legacyAlias?: boolean;
  /** @default - quay.io/prometheus/prometheus in the tested version */
  readonly prometheus?: VersionedImage;
  /** @default - quay.io/thanos/thanos in the tested version */
  readonly thanos?: VersionedImage;
  /**
   * CPU and memory of the Prometheus container.
   * @default - 500m CPU and 2 GiB, at most 4 GiB
   */
  readonly resources?: ContainerResources;
  /**
   * CPU and memory of the sidecar.
   * @default - 50m CPU and 128 MiB, at most 512 MiB
   */
  readonly sidecarResources?: ContainerResources;
  /**
   * Variables of the sidecar, such as the proxies on the way to the object store; `NO_PROXY` must then hold
   * the names and addresses of the cluster, and `localhost`. Whoever may see the pod can read them: one that
   * is named like a secret throws.
   * @default - none
   */
  readonly sidecarEnv?: Readonly<Record<string, string>>;
}

/** The settings with every default filled in. */
export interface TenantPrometheusSettings {
  readonly name: string;
  readonly tenancyLabel: TenancyLabel;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly priorityClassName: string | undefined;
  readonly placement: PodPlacement;
  readonly retention: Duration;
  readonly storage: Size;
  readonly storageClassName: string | undefined;
  readonly scrapeInterval: Duration;
  readonly limits: EnforcedLimits;
  readonly reserved: ReservedNames;
  readonly objstore: ObjstoreSecret;
  readonly grpcTls: GrpcTls | undefined;
  readonly webAccess: WebAccess;
  readonly alertmanagers: readonly PrometheusAlertmanager[];
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly legacyAlias: boolean;
  readonly prometheus: VersionedImage;
  readonly thanos: VersionedImage;
  readonly resources: ContainerResources;
  readonly sidecarResources: ContainerResources;
  readonly sidecarEnv: Readonly<Record<string, string>>;
  readonly unsafe: Required<UnsafePrometheusSwitches>;
}

/** The external label that carries the name of the Prometheus resource. */
export const PROMETHEUS_LABEL = 'prometheus';

/** The external label that tells replicas apart, and that the querier removes. */
export const REPLICA_LABEL = 'prometheus_replica';

/** Fills in the defaults and refuses settings that would join tenants or lose data. */
export function resolveTenantPrometheus(
  subject: string,
  props: TenantPrometheusProps,
): TenantPrometheusSettings {
  const settings: TenantPrometheusSettings = {
    name: props.name ?? 'tenancy',
    tenancyLabel: requireTenancyLabel(subject, props.tenancyLabel ?? DEFAULT_TENANCY_LABEL),
    externalLabels: { ...props.externalLabels, cluster: props.cluster },
    replicas: props.replicas ?? 2,
    priorityClassName: props.priorityClassName,
    placement: placementOf(props),
    retention: props.retention ?? Duration.days(2),
    storage: props.storage ?? Size.gibibytes(50),
    storageClassName: props.storageClassName,
    scrapeInterval: props.scrapeInterval ?? Duration.seconds(30),
    limits: props.limits ?? {},
    reserved: props.reserved ?? {},
    objstore: props.objstore ?? {},
    grpcTls: props.grpcTls,
    webAccess: props.webAccess ?? WebAccess.clientCertificates(),
    alertmanagers: props.alertmanagers ?? [],
    serviceAccountAnnotations: props.serviceAccountAnnotations ?? {},
    legacyAlias: props.legacyAlias ?? false,
    prometheus: props.prometheus ?? { image: PROMETHEUS_IMAGE, version: PROMETHEUS_VERSION },
    thanos: props.thanos ?? { image: THANOS_IMAGE, version: THANOS_VERSION },
    resources: props.resources ?? {
      cpu: Cpu.millis(500),
      memory: Size.gibibytes(2),
      memoryLimit: Size.gibibytes(4),
    },
    sidecarResources: props.sidecarResources ?? {
      cpu: Cpu.millis(50),
      memory: Size.mebibytes(128),
      memoryLimit: Size.mebibytes(512),
    },
    sidecarEnv: fitEnv(`${subject} sidecarEnv`, props.sidecarEnv ?? {}),
    unsafe: resolveUnsafe(props),
  };
  refuseSharedIdentity(subject, {
    tenancyLabel: settings.tenancyLabel,
    cluster: props.cluster,
    given: props.externalLabels,
    own: [PROMETHEUS_LABEL, REPLICA_LABEL],
  });
  refuseShortRetention(subject, settings.retention);
  refuseTooOld(subject, settings.prometheus.version, settings.webAccess);
  return settings;
}

function resolveUnsafe(props: UnsafePrometheusSwitches): Required<UnsafePrometheusSwitches> {
  return {
    unsafeHonorLabels: props.unsafeHonorLabels ?? false,
    unsafeHonorTimestamps: props.unsafeHonorTimestamps ?? false,
    unsafeForeignNamespaces: props.unsafeForeignNamespaces ?? false,
    unsafeFileAccess: props.unsafeFileAccess ?? false,
    unsafeEveryNamespace: props.unsafeEveryNamespace ?? false,
    unsafeAdminApi: props.unsafeAdminApi ?? false,
  };
}
