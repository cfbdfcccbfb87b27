import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { THANOS_IMAGE } from '../images.ts';
import type { ObjstoreSecret } from '../objstore-secret.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import { IndexCache } from './index-cache.ts';

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
export interface ThanosStoreGatewayProps {
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
  /** @default 2 */
  readonly replicas?: number;
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
  /** @default IndexCache.inMemory(Size.mebibytes(250)) */
  readonly indexCache?: IndexCache;
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
  /** @default - 250m CPU and 1 GiB, at most 2 GiB */
  readonly resources?: ContainerResources;
  /**
   * Image of Thanos. The arguments are checked against version 0.42.4.
   * @default - quay.io/thanos/thanos in the tested version
   */
  readonly image?: string;
  /**
   * Further arguments, each as one text. One that is unknown, deprecated or set already throws.
   * @default - none
   */
  readonly extraArgs?: readonly string[];
}

/** The settings with every default filled in. */
export interface StoreGatewaySettings {
  readonly objstore: ObjstoreSecret;
  readonly name: string;
  readonly replicas: number;
  readonly storage: Size;
  readonly storageClassName: string | undefined;
  readonly indexCache: IndexCache;
  readonly chunkPool: Size;
  readonly limits: Required<StoreLimits>;
  readonly minTime: Duration | undefined;
  readonly maxTime: Duration | undefined;
  readonly ignoreDeletionMarksDelay: Duration;
  readonly resources: ContainerResources;
  readonly image: string;
  readonly extraArgs: readonly string[];
}

/** Fills in the defaults and refuses settings that contradict each other. */
export function resolveStoreGateway(
  subject: string,
  props: ThanosStoreGatewayProps,
): StoreGatewaySettings {
  const settings: StoreGatewaySettings = {
    objstore: props.objstore ?? {},
    name: props.name ?? 'thanos-store-gateway',
    replicas: props.replicas ?? 2,
    storage: props.storage ?? Size.gibibytes(10),
    storageClassName: props.storageClassName,
    indexCache: props.indexCache ?? IndexCache.inMemory(Size.mebibytes(250)),
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
    resources: props.resources ?? {
      cpu: Cpu.millis(250),
      memory: Size.gibibytes(1),
      memoryLimit: Size.gibibytes(2),
    },
    image: props.image ?? THANOS_IMAGE,
    extraArgs: props.extraArgs ?? [],
  };
  refuseUnfitMemory(subject, settings);
  refuseEmptyWindow(subject, settings);
  return settings;
}

function refuseUnfitMemory(subject: string, settings: StoreGatewaySettings): void {
  const kept = settings.indexCache.memory.toKibibytes() + settings.chunkPool.toKibibytes();
  if (kept < settings.resources.memoryLimit.toKibibytes()) return;
  throw new SynthError(
    subject,
    'the index cache and the chunk pool fill the memory limit, so the pod would be killed',
    'raise resources.memoryLimit above their sum, or make them smaller',
  );
}

function refuseEmptyWindow(subject: string, settings: StoreGatewaySettings): void {
  const { minTime, maxTime } = settings;
  if (minTime === undefined || maxTime === undefined) return;
  if (minTime.toMilliseconds() > maxTime.toMilliseconds()) return;
  throw new SynthError(
    subject,
    'minTime is not older than maxTime, so nothing would be served',
    'both are ages: minTime is the larger one',
  );
}
