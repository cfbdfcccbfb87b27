import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import type { ObjstoreSecret } from '../objstore-secret.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import type { BucketCache } from './bucket-cache.ts';
import type { ClaimRetention } from './claims.ts';
import type { GrpcTls } from './grpc-tls.ts';
import { IndexCache } from './index-cache.ts';
import { resolvePartitions } from './store-partitions.ts';
import {
  resolveWorkload,
  type ThanosWorkloadProps,
  type ThanosWorkloadSettings,
} from './workload-props.ts';

/** What one request may take from a store gateway. Above it the request fails, alone. */
export interface StoreLimits {
  /**
   * Series in one request.
   * @default 500_000
   */
  readonly requestSeries?: number;
  /**
   * Samples in one request.
   * @default 100_000_000
   */
  readonly requestSamples?: number;
  /**
   * Bytes that one request may fetch from the object store.
   * @default Size.gibibytes(2)
   */
  readonly downloadedBytes?: Size;
  /**
   * Requests at once.
   * @default 20
   */
  readonly maxConcurrency?: number;
}

/** Settings of a `ThanosStoreGateway`. */
export interface ThanosStoreGatewayProps extends ThanosWorkloadProps {
  /**
   * The configuration of the object store. The gateway only reads from it.
   * @default - key `thanos.yaml` of the Secret `thanos-objstore-secret`
   */
  readonly objstore?: ObjstoreSecret;
  /**
   * Name of the StatefulSet and its Service.
   * @default 'thanos-store-gateway'
   */
  readonly name?: string;
  /**
   * Replicas of each part, where there are shards or partitions.
   * @default 2
   */
  readonly replicas?: number;
  /**
   * In how many shards the blocks are divided, by the hash of their name.
   * @default 1
   */
  readonly shards?: number;
  /**
   * Ages at which the blocks are divided by time, in any order. One age makes two partitions, the
   * younger and the older; each partition has all the shards.
   * @default - none: one partition
   */
  readonly timePartitions?: readonly Duration[];
  /**
   * Disk for index headers, which are downloaded again when it is lost.
   * @default Size.gibibytes(10)
   */
  readonly storage?: Size;
  /**
   * Class of that disk.
   * @default - the default class of the cluster
   */
  readonly storageClassName?: string;
  /**
   * What becomes of those disks when a replica is scaled away, or a StatefulSet is deleted. Each shard and
   * each partition is one: when it is taken away, `deleteWhenScaled` keeps its disks. They hold copies.
   * @default 'keep'
   */
  readonly claims?: ClaimRetention;
  /** @default IndexCache.inMemory(Size.mebibytes(250)) */
  readonly indexCache?: IndexCache;
  /**
   * Where pieces of chunks and the files that describe blocks are kept. Thanos calls it experimental.
   * @default - none: they are fetched from the object store each time
   */
  readonly bucketCache?: BucketCache;
  /**
   * Memory that is kept for reuse by chunks.
   * @default Size.mebibytes(512)
   */
  readonly chunkPool?: Size;
  /** @default - the defaults of each limit */
  readonly limits?: StoreLimits;
  /**
   * Age of the oldest data to serve.
   * @default - everything in the bucket
   */
  readonly minTime?: Duration;
  /**
   * Age of the youngest data to serve; younger data is left to the sidecars. It must be below the
   * retention of Prometheus, or there is a gap.
   * @default - everything in the bucket
   */
  readonly maxTime?: Duration;
  /**
   * How long a block that is marked for deletion is still served. The compactor must wait longer
   * than this before it deletes one.
   * @default Duration.hours(24)
   */
  readonly ignoreDeletionMarksDelay?: Duration;
  /**
   * The certificates of the Store API.
   * @default - none: plain gRPC, which network policies keep to the querier
   */
  readonly grpcTls?: GrpcTls;
  /** @default - 250m CPU and 1 GiB, at most 2 GiB */
  readonly resources?: ContainerResources;
}

/** The settings with every default filled in. */
export interface StoreGatewaySettings {
  readonly workload: ThanosWorkloadSettings;
  readonly objstore: ObjstoreSecret;
  readonly name: string;
  readonly replicas: number;
  readonly shards: number;
  readonly timePartitions: readonly Duration[];
  readonly storage: Size;
  readonly storageClassName: string | undefined;
  readonly claims: ClaimRetention;
  readonly indexCache: IndexCache;
  readonly bucketCache: BucketCache | undefined;
  readonly chunkPool: Size;
  readonly limits: Required<StoreLimits>;
  readonly minTime: Duration | undefined;
  readonly maxTime: Duration | undefined;
  readonly ignoreDeletionMarksDelay: Duration;
  readonly grpcTls: GrpcTls | undefined;
}

/** Fills in the defaults and refuses settings that contradict each other. */
export function resolveStoreGateway(
  subject: string,
  props: ThanosStoreGatewayProps,
): StoreGatewaySettings {
  const settings: StoreGatewaySettings = {
    workload: resolveWorkload(subject, props, {
      cpu: Cpu.millis(250),
      memory: Size.gibibytes(1),
      memoryLimit: Size.gibibytes(2),
    }),
    objstore: props.objstore ?? {},
    name: props.name ?? 'thanos-store-gateway',
    replicas: props.replicas ?? 2,
    shards: props.shards ?? 1,
    timePartitions: resolvePartitions(subject, props.timePartitions ?? []),
    storage: props.storage ?? Size.gibibytes(10),
    storageClassName: props.storageClassName,
    claims: props.claims ?? 'keep',
    indexCache: props.indexCache ?? IndexCache.inMemory(Size.mebibytes(250)),
    bucketCache: props.bucketCache,
    chunkPool: props.chunkPool ?? Size.mebibytes(512),
    limits: {
      requestSeries: props.limits?.requestSeries ?? 500_000,
      requestSamples: props.limits?.requestSamples ?? 100_000_000,
      downloadedBytes: props.limits?.downloadedBytes ?? Size.gibibytes(2),
      maxConcurrency: props.limits?.maxConcurrency ?? 20,
    },
    minTime: props.minTime,
    maxTime: props.maxTime,
    ignoreDeletionMarksDelay: props.ignoreDeletionMarksDelay ?? Duration.hours(24),
    grpcTls: props.grpcTls,
  };
  refuseUnfitMemory(subject, settings);
  refuseEmptyWindow(subject, settings);
  refuseNoShard(subject, settings);
  return settings;
}

function refuseUnfitMemory(subject: string, settings: StoreGatewaySettings): void {
  const { bucketCache, chunkPool, indexCache } = settings;
  const kept = [
    chunkPool,
    indexCache.memory,
    ...(bucketCache === undefined ? [] : [bucketCache.memory]),
  ]
    .map((it) => it.toKibibytes())
    .reduce((sum, it) => sum + it, 0);
  if (kept < settings.workload.resources.memoryLimit.toKibibytes()) return;
  throw new SynthError(
    subject,
    'its caches and the chunk pool fill the memory limit, so the pod would be killed',
    'raise resources.memoryLimit above their sum, or make them smaller',
  );
}

function refuseEmptyWindow(subject: string, settings: StoreGatewaySettings): void {
  const { maxTime, minTime, timePartitions } = settings;
  const ages = [minTime, ...timePartitions, maxTime].flatMap((it) => it?.toMilliseconds() ?? []);
  if (ages.every((age, index) => index === 0 || age < (ages[index - 1] ?? 0))) return;
  throw new SynthError(
    subject,
    'minTime, timePartitions and maxTime leave a window in which nothing would be served',
    'all of them are ages: minTime is the largest, maxTime the smallest',
  );
}

function refuseNoShard(subject: string, { shards }: StoreGatewaySettings): void {
  if (Number.isInteger(shards) && shards > 0) return;
  throw new SynthError(
    `${subject} shards`,
    `${shards} is no number of shards`,
    'set a whole number above zero',
  );
}
