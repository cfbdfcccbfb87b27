import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { HashedConfigMap } from '../hashed-config-map.ts';
import type { PodConnection } from '../network/network-part.ts';
import { OBJSTORE_FILE, type ObjstoreSecret } from '../objstore-secret.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { addServiceAccount } from '../service-account.ts';
import { printBytes, printGoDuration } from '../units.ts';
import { UNMARKED_REMEMBERED } from './bucket-cache.ts';
import { addCacheFolder, cacheConnections, cacheFile } from './cache.ts';
import { addGrpcServer, programArgs } from './common-args.ts';
import type { GrpcTls } from './grpc-tls.ts';
import { addConfigFolder, type ConfigFolder, podFolders } from './pod-folders.ts';
import { THANOS_GRPC, THANOS_PORTS } from './ports.ts';
import { addThanosService } from './service.ts';
import { srvAddress, type StoreEndpoint } from './store-endpoint.ts';
import {
  resolveStoreGateway,
  type StoreGatewaySettings,
  type ThanosStoreGatewayProps,
} from './store-gateway-props.ts';
import { printShard, SHARD_FILE_NAME, type StorePart, storeParts } from './store-partitions.ts';
import {
  addThanosStatefulSet,
  partOfWorkload,
  podGroupOf,
  type ThanosPodSettings,
  type ThanosWorkload,
  thanosWorkload,
} from './workload.ts';

const DATA_FOLDER = '/var/thanos/store';
const INDEX_CACHE = 'index-cache';
const BUCKET_CACHE = 'bucket-cache';
const SHARD_FOLDER = '/etc/thanos/shard';

/** The label that tells the parts of one gateway apart. */
const PART_LABEL = 'prometheus-tenancy-kit/store-part';

/** The Thanos store gateway: serves the blocks in the object store, and keeps nothing it needs. */
export class ThanosStoreGateway extends Construct implements StoreEndpoint {
  /** Name of the Service, which that of each StatefulSet begins with. */
  readonly name: string;
  /** The pods, for network policies. They need the object store. */
  readonly pods: PodGroup;
  /** The address that a querier resolves. It gives the pods of every shard and partition. */
  readonly storeAddress: string;
  /** None of its own: blocks carry the tenants as their writers did. */
  readonly tenancyLabel: TenancyLabel | undefined = undefined;
  /** None: blocks carry the replica labels of their writers. */
  readonly replicaLabels: readonly string[] = [];
  /** The pods behind the address. */
  readonly storePods: PodGroup;
  /** The port of the Store API on those pods. */
  readonly storePort: PodPort = THANOS_GRPC;
  /** The pods reach the object store. */
  readonly usesObjstore: boolean = true;
  /** The memcached of its caches, if there is one. */
  readonly connections: readonly PodConnection[];
  readonly grpcTls: GrpcTls | undefined;
  /** The configuration of the object store. */
  readonly objstore: ObjstoreSecret;
  /** How long a block that is marked for deletion is still served, for the compactor to exceed. */
  readonly ignoreDeletionMarksDelay: Duration;
  /** The StatefulSets, one for each shard of each partition. */
  readonly statefulSets: readonly k8s.KubeStatefulSet[];
  /** The headless Service. */
  readonly service: k8s.KubeService;
  /** The configuration of the index cache. */
  readonly indexCacheFile: HashedConfigMap;
  /** The configuration of the bucket cache, where there is one. */
  readonly bucketCacheFile: HashedConfigMap | undefined;

  constructor(scope: Construct, id: string, props: ThanosStoreGatewayProps = {}) {
    super(scope, id);
    const subject = `ThanosStoreGateway ${this.node.path}`;
    const settings = resolveStoreGateway(subject, props);
    const workload = thanosWorkload('thanos-store-gateway', settings.name, settings.workload);
    this.name = settings.name;
    this.ignoreDeletionMarksDelay = servedWhenMarked(settings);
    this.grpcTls = settings.grpcTls;
    this.objstore = settings.objstore;
    this.connections = cacheConnections(settings.indexCache, settings.bucketCache);
    this.pods = podGroupOf(workload);
    this.storePods = this.pods;
    this.storeAddress = srvAddress(this.name, this.storePort);

    const { serviceAccountAnnotations } = settings.workload;
    addServiceAccount(this, this.name, workload.labels, serviceAccountAnnotations);
    const { bucketCache, indexCache } = settings;
    const indexFolder = addCacheFolder(this, workload, INDEX_CACHE, indexCache);
    const bucketFolder = bucketCache && addCacheFolder(this, workload, BUCKET_CACHE, bucketCache);
    this.indexCacheFile = indexFolder.configMap;
    this.bucketCacheFile = bucketFolder?.configMap;
    this.service = addThanosService(this, workload, { isHeadless: true });
    const caches = [indexFolder, bucketFolder];
    this.statefulSets = storeParts(settings).map((part) =>
      this.#addPart(subject, workload, settings, { ...part, caches }),
    );
  }

  #addPart(
    subject: string,
    whole: ThanosWorkload,
    settings: StoreGatewaySettings,
    part: StorePart & { readonly caches: readonly (ConfigFolder | undefined)[] },
  ): k8s.KubeStatefulSet {
    const isWhole = part.suffix === '';
    const scope = isWhole ? this : new Construct(this, `part${part.suffix}`);
    const name = `${this.name}${part.suffix}`;
    const workload = isWhole
      ? whole
      : partOfWorkload(whole, name, { [PART_LABEL]: part.suffix.slice(1) });
    const shard =
      settings.shards === 1
        ? undefined
        : addConfigFolder(scope, workload, {
            name: 'shard',
            folder: SHARD_FOLDER,
            data: { [SHARD_FILE_NAME]: printShard(part.shard, settings.shards) },
          });
    const args = storeArgs(subject, settings, part);
    return addThanosStatefulSet(scope, {
      workload,
      settings: settings.workload,
      pod: this.#pod(settings, args, [...part.caches, shard]),
      replicas: settings.replicas,
      disk: {
        size: settings.storage,
        storageClassName: settings.storageClassName,
        claims: settings.claims,
      },
      serviceName: this.name,
    });
  }

  #pod(
    settings: StoreGatewaySettings,
    args: readonly string[],
    config: readonly (ConfigFolder | undefined)[],
  ): ThanosPodSettings {
    const { mounts, volumes } = podFolders({
      disk: DATA_FOLDER,
      objstore: settings.objstore,
      config,
      grpcTls: settings.grpcTls,
      grpcEnds: ['server'],
    });
    return {
      serviceAccountName: this.name,
      container: {
        name: 'thanos-store',
        args,
        mounts,
        ports: THANOS_PORTS,
        // The first synchronisation reads the metadata of every block: up to 30 minutes.
        startup: { periodSeconds: 10, failureThreshold: 180 },
      },
      volumes,
    };
  }
}

// A mark that is written while its absence is remembered shows only when that is forgotten.
function servedWhenMarked({
  bucketCache,
  ignoreDeletionMarksDelay,
}: StoreGatewaySettings): Duration {
  if (bucketCache === undefined) return ignoreDeletionMarksDelay;
  return Duration.minutes(
    ignoreDeletionMarksDelay.toMinutes({ integral: false }) + UNMARKED_REMEMBERED.toMinutes(),
  );
}

function storeArgs(
  subject: string,
  settings: StoreGatewaySettings,
  { window }: StorePart,
): string[] {
  const { limits } = settings;
  const age = (it: StorePart['window']['oldest']): string | undefined =>
    it && `-${printGoDuration(it)}`;
  return addGrpcServer(programArgs('store', subject, settings.workload), settings.grpcTls)
    .enable('web.disable-cors')
    .enable('web.disable')
    .enableIfKnown('disable-admin-operations')
    .value('data-dir', DATA_FOLDER)
    .value('objstore.config-file', OBJSTORE_FILE)
    .value('index-cache.config-file', cacheFile(INDEX_CACHE, settings.indexCache))
    .optional(
      'store.caching-bucket.config-file',
      settings.bucketCache && cacheFile(BUCKET_CACHE, settings.bucketCache),
    )
    .value('chunk-pool-size', printBytes(settings.chunkPool))
    .enable('store.enable-index-header-lazy-reader')
    .value('store.index-header-lazy-download-strategy', 'lazy')
    .value('store.limits.request-series', limits.requestSeries)
    .value('store.limits.request-samples', limits.requestSamples)
    .value('store.grpc.downloaded-bytes-limit', printBytes(limits.downloadedBytes))
    .value('store.grpc.series-max-concurrency', limits.maxConcurrency)
    .value('ignore-deletion-marks-delay', printGoDuration(settings.ignoreDeletionMarksDelay))
    .optional('min-time', age(window.oldest))
    .optional('max-time', age(window.youngest))
    .optional(
      'selector.relabel-config-file',
      settings.shards === 1 ? undefined : `${SHARD_FOLDER}/${SHARD_FILE_NAME}`,
    )
    .extra(settings.workload.extraArgs)
    .toArray();
}
