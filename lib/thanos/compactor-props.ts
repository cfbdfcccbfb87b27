import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { ObjstoreSecret } from '../objstore-secret.ts';
import type { ContainerResources } from '../resources.ts';
import { requireTenancyLabel } from '../tenancy-labels.ts';
import type { ClaimRetention } from './claims.ts';
import { refuseLoss } from './compactor-refusals.ts';
import { type CompactorShard, compactorShards, type StreamSelector } from './compactor-shards.ts';
import {
  resolveWorkload,
  type ThanosWorkloadProps,
  type ThanosWorkloadSettings,
} from './workload-props.ts';

/** How long blocks are kept, by their resolution. */
export interface CompactorRetention {
  /**
   * Samples as they were scraped. At least 3 days where there is downsampling.
   * @default - for ever
   */
  readonly raw?: Duration;
  /**
   * One sample in five minutes. Where there is downsampling at least 10 days, or 17 where `raw` is kept for
   * less than 17.
   * @default - for ever
   */
  readonly fiveMinutes?: Duration;
  /**
   * One sample an hour.
   * @default - for ever
   */
  readonly oneHour?: Duration;
}

/** How blocks of several replicas become one. */
export interface CompactorDeduplication {
  /** The labels that tell the replicas apart, such as `prometheus_replica`. */
  readonly replicaLabels: readonly string[];
  /**
   * `oneToOne` for replicas with equal samples, as receive writes them; `penalty` for replicas that
   * scraped or evaluated on their own, and for both together.
   * @default 'penalty'
   */
  readonly algorithm?: 'oneToOne' | 'penalty';
  /** Says that it is known: blocks that were merged cannot be told apart again. */
  readonly unsafeIrreversible: true;
}

/** A store that serves the blocks of the same object store. */
export interface BlockServer {
  /** Its name, for messages. */
  readonly name: string;
  /** How long it serves a block that is marked for deletion. */
  readonly ignoreDeletionMarksDelay: Duration;
}

/** Settings of a `ThanosCompactor`. */
export interface ThanosCompactorProps extends ThanosWorkloadProps {
  /**
   * The configuration of the object store.
   * @default - key `thanos.yaml` of the Secret `thanos-objstore-secret`
   */
  readonly objstore?: ObjstoreSecret;
  /**
   * The store gateways over the same object store. A block may be deleted only after all of them
   * have let go of it.
   * @default - gateways that let go after 24 hours
   */
  readonly stores?: readonly BlockServer[];
  /**
   * Name of the StatefulSet and its Service. Shards have their name after it.
   * @default 'thanos-compactor'
   */
  readonly name?: string;
  /** @default - everything is kept for ever */
  readonly retention?: CompactorRetention;
  /**
   * How long a block that is marked for deletion stays in the object store.
   * @default Duration.hours(48)
   */
  readonly deleteDelay?: Duration;
  /**
   * Makes blocks of coarser resolutions, with which long ranges are answered quickly.
   * @default true
   */
  readonly downsampling?: boolean;
  /**
   * Merges the blocks of replicas. Queries do so as well, without it.
   * @default - blocks stay as they were written
   */
  readonly deduplication?: CompactorDeduplication;
  /**
   * The label that carries the tenant, which no deduplication may remove.
   * @default 'namespace'
   */
  readonly tenancyLabel?: string;
  /**
   * Compactors beside the first one, by name, and the streams of blocks that each takes. The first
   * one takes those that remain.
   * @default - none
   */
  readonly shards?: Readonly<Record<string, StreamSelector>>;
  /**
   * Groups of blocks that are compacted at once.
   * @default 1
   */
  readonly concurrency?: number;
  /**
   * Blocks that are downsampled at once.
   * @default 1
   */
  readonly downsampleConcurrency?: number;
  /**
   * Pause between two passes.
   * @default Duration.minutes(5)
   */
  readonly waitInterval?: Duration;
  /**
   * Disk of each compactor. It must hold the blocks of one compaction and their result.
   * @default Size.gibibytes(100)
   */
  readonly storage?: Size;
  /**
   * Class of that disk.
   * @default - the default class of the cluster
   */
  readonly storageClassName?: string;
  /**
   * What becomes of those disks when a StatefulSet is deleted. Each shard is one, with a single replica, so
   * nothing is ever scaled away. They hold copies.
   * @default 'keep'
   */
  readonly claims?: Exclude<ClaimRetention, 'deleteWhenScaled'>;
  /** @default - 500m CPU and 1 GiB, at most 4 GiB */
  readonly resources?: ContainerResources;
}

/** The settings with every default filled in. */
export interface CompactorSettings {
  readonly workload: ThanosWorkloadSettings;
  readonly objstore: ObjstoreSecret;
  readonly name: string;
  readonly retention: CompactorRetention;
  readonly deleteDelay: Duration;
  readonly downsampling: boolean;
  readonly deduplication: CompactorDeduplication | undefined;
  readonly tenancyLabel: TenancyLabel;
  readonly shards: readonly CompactorShard[];
  readonly concurrency: number;
  readonly downsampleConcurrency: number;
  readonly waitInterval: Duration;
  readonly storage: Size;
  readonly storageClassName: string | undefined;
  readonly claims: ClaimRetention;
}

/** Fills in the defaults and refuses settings that would lose data. */
export function resolveCompactor(subject: string, props: ThanosCompactorProps): CompactorSettings {
  const settings: CompactorSettings = {
    workload: resolveWorkload(subject, props, {
      cpu: Cpu.millis(500),
      memory: Size.gibibytes(1),
      memoryLimit: Size.gibibytes(4),
    }),
    objstore: props.objstore ?? {},
    name: props.name ?? 'thanos-compactor',
    retention: props.retention ?? {},
    deleteDelay: props.deleteDelay ?? Duration.hours(48),
    downsampling: props.downsampling ?? true,
    deduplication: props.deduplication,
    tenancyLabel: requireTenancyLabel(subject, props.tenancyLabel ?? DEFAULT_TENANCY_LABEL),
    shards: compactorShards(subject, props.shards ?? {}),
    concurrency: props.concurrency ?? 1,
    downsampleConcurrency: props.downsampleConcurrency ?? 1,
    waitInterval: props.waitInterval ?? Duration.minutes(5),
    storage: props.storage ?? Size.gibibytes(100),
    storageClassName: props.storageClassName,
    claims: props.claims ?? 'keep',
  };
  refuseLoss(subject, settings, props.stores ?? [UNKNOWN_STORE]);
  return settings;
}

const UNKNOWN_STORE: BlockServer = {
  name: 'a store gateway',
  ignoreDeletionMarksDelay: Duration.hours(24),
};
