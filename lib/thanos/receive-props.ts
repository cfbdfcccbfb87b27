import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { Autoscaling } from '../autoscaling.ts';
import { refuseShortRetention } from '../block-retention.ts';
import { refuseSharedIdentity } from '../external-labels.ts';
import type { ObjstoreSecret } from '../objstore-secret.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import { refuseTenancyLabelAmong, requireTenancyLabel } from '../tenancy-labels.ts';
import type { GrpcTls } from './grpc-tls.ts';
import {
  resolveWorkload,
  type ThanosWorkloadProps,
  type ThanosWorkloadSettings,
} from './workload-props.ts';

/** The pods that take writes and pass each series on to those that keep it. */
export interface ReceiveRouters {
  /** @default 2 */
  readonly replicas?: number;
  /**
   * Scales the replicas by their use of CPU, instead of `replicas`.
   * @default - none
   */
  readonly autoscaling?: Autoscaling;
  /** @default - 250m CPU and 256 MiB, at most 1 GiB */
  readonly resources?: ContainerResources;
  /** @default - none */
  readonly extraArgs?: readonly string[];
}

/**
 * Settings of a `ThanosReceive`. `resources` and `extraArgs` are those of the ingestors; what else says
 * something of pods, such as `extraEnv` and their placement, is that of the routers as well.
 */
export interface ThanosReceiveProps extends ThanosWorkloadProps {
  /** The external label `cluster` on what it takes. */
  readonly cluster: string;
  /**
   * Name of the routers and of the Service that is written to. The name of the ingestors is this and
   * `-ingestor`.
   * @default 'thanos-receive'
   */
  readonly name?: string;
  /**
   * Pods that keep series. A change of their number moves series to others, which is safe: what is
   * old stays where it is and is still found.
   * @default 3
   */
  readonly ingestors?: number;
  /**
   * Ingestors that keep each series. A write succeeds when more than half of them took it, and
   * with two of them when one did.
   * @default 3
   */
  readonly replicationFactor?: number;
  /** @default - two routers */
  readonly routers?: ReceiveRouters;
  /**
   * The label that carries the tenant on the series, as the writers set it.
   * @default 'namespace'
   */
  readonly tenancyLabel?: string;
  /**
   * The header that says into which storage a write goes. It divides the disk, not the tenants: who
   * may write for whom is decided in front of this.
   * @default 'THANOS-TENANT'
   */
  readonly tenantHeader?: string;
  /**
   * The external label that carries the value of that header. It cannot be the tenancy label: all
   * series of one write would belong to one tenant.
   * @default 'tenant_id'
   */
  readonly tenantLabel?: string;
  /**
   * External labels beside `cluster`. They identify this receive, never a tenant.
   * @default - none
   */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /**
   * How long series stay on the disks. Older ones are in the object store.
   * @default Duration.days(2)
   */
  readonly retention?: Duration;
  /**
   * How far ahead of the present a sample may be.
   * @default Duration.minutes(5)
   */
  readonly tooFarInFuture?: Duration;
  /**
   * Where blocks are uploaded.
   * @default - key `thanos.yaml` of the Secret `thanos-objstore-secret`
   */
  readonly objstore?: ObjstoreSecret;
  /**
   * Disk of each ingestor.
   * @default Size.gibibytes(50)
   */
  readonly storage?: Size;
  /**
   * Class of that disk.
   * @default - the default class of the cluster
   */
  readonly storageClassName?: string;
  /**
   * The certificates between routers, ingestors and the querier.
   * @default - none: plain gRPC, which network policies keep to them
   */
  readonly grpcTls?: GrpcTls;
  /** @default - 500m CPU and 2 GiB, at most 4 GiB */
  readonly resources?: ContainerResources;
}

/** The settings with every default filled in. */
export interface ReceiveSettings {
  /** Of the ingestors. */
  readonly workload: ThanosWorkloadSettings;
  /** Of the routers. */
  readonly routerWorkload: ThanosWorkloadSettings;
  readonly name: string;
  readonly ingestors: number;
  readonly replicationFactor: number;
  readonly routers: number;
  readonly autoscaling: Autoscaling | undefined;
  readonly tenancyLabel: TenancyLabel;
  readonly tenantHeader: string;
  readonly tenantLabel: string;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly retention: Duration;
  readonly tooFarInFuture: Duration;
  readonly objstore: ObjstoreSecret;
  readonly storage: Size;
  readonly storageClassName: string | undefined;
  readonly grpcTls: GrpcTls | undefined;
}

/** The external label that tells the ingestors apart. */
export const RECEIVE_REPLICA_LABEL = 'receive_replica';

/** Fills in the defaults and refuses settings that would join tenants or lose writes. */
export function resolveReceive(subject: string, props: ThanosReceiveProps): ReceiveSettings {
  const ingestors = props.ingestors ?? 3;
  const settings: ReceiveSettings = {
    workload: resolveWorkload(subject, props, {
      cpu: Cpu.millis(500),
      memory: Size.gibibytes(2),
      memoryLimit: Size.gibibytes(4),
    }),
    routerWorkload: resolveWorkload(`${subject} routers`, routerProps(props), {
      cpu: Cpu.millis(250),
      memory: Size.mebibytes(256),
      memoryLimit: Size.gibibytes(1),
    }),
    name: props.name ?? 'thanos-receive',
    ingestors,
    replicationFactor: props.replicationFactor ?? 3,
    routers: props.routers?.replicas ?? 2,
    autoscaling: props.routers?.autoscaling,
    tenancyLabel: requireTenancyLabel(subject, props.tenancyLabel ?? DEFAULT_TENANCY_LABEL),
    tenantHeader: props.tenantHeader ?? 'THANOS-TENANT',
    tenantLabel: props.tenantLabel ?? 'tenant_id',
    externalLabels: { ...props.externalLabels, cluster: props.cluster },
    retention: props.retention ?? Duration.days(2),
    tooFarInFuture: props.tooFarInFuture ?? Duration.minutes(5),
    objstore: props.objstore ?? {},
    storage: props.storage ?? Size.gibibytes(50),
    storageClassName: props.storageClassName,
    grpcTls: props.grpcTls,
  };
  refuseSharedStorage(subject, settings);
  refuseSharedIdentity(subject, {
    tenancyLabel: settings.tenancyLabel,
    cluster: props.cluster,
    given: props.externalLabels,
    own: [RECEIVE_REPLICA_LABEL],
  });
  refuseShortRetention(subject, settings.retention);
  refuseUnfitReplication(subject, settings);
  return settings;
}

// What is meant for the ingestors alone is not the routers'.
function routerProps(props: ThanosReceiveProps): ThanosWorkloadProps {
  const { extraArgs: _args, resources: _resources, routers, ...shared } = props;
  const { extraArgs, resources } = routers ?? {};
  return {
    ...shared,
    ...(extraArgs === undefined ? {} : { extraArgs }),
    ...(resources === undefined ? {} : { resources }),
  };
}

function refuseSharedStorage(subject: string, settings: ReceiveSettings): void {
  const { externalLabels, tenancyLabel, tenantLabel } = settings;
  refuseTenancyLabelAmong(`${subject} tenantLabel`, tenancyLabel, [tenantLabel]);
  if (![...Object.keys(externalLabels), RECEIVE_REPLICA_LABEL].includes(tenantLabel)) return;
  throw new SynthError(
    `${subject} tenantLabel`,
    `${tenantLabel} is an external label too, and two values would contradict each other`,
    'use another label name',
  );
}

function refuseUnfitReplication(subject: string, settings: ReceiveSettings): void {
  const { ingestors, replicationFactor } = settings;
  const isWhole = Number.isInteger(replicationFactor) && Number.isInteger(ingestors);
  if (isWhole && replicationFactor >= 1 && replicationFactor <= ingestors) return;
  throw new SynthError(
    `${subject} replicationFactor`,
    `${replicationFactor} replicas of a series do not fit on ${ingestors} ingestors`,
    'set a whole number from 1 to that of the ingestors',
  );
}
