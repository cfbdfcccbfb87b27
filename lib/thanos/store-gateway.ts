import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { HashedConfigMap } from '../hashed-config-map.ts';
import type { PodConnection } from '../network/network-part.ts';
import {
  OBJSTORE_FILE,
  objstoreMounts,
  type ObjstoreSecret,
  objstoreVolumes,
} from '../objstore-secret.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { addServiceAccount } from '../service-account.ts';
import { printBytes, printGoDuration } from '../units.ts';
import { addGrpcServer, programArgs } from './common-args.ts';
import { grpcMounts, type GrpcTls, grpcVolumes } from './grpc-tls.ts';
import { INDEX_CACHE_FILE_NAME } from './index-cache.ts';
import { THANOS_GRPC, THANOS_PORTS, thanosServicePorts } from './ports.ts';
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
const CACHE_FOLDER = '/etc/thanos/index-cache';
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
  /** The memcached of the index cache, if there is one. */
  readonly connections: readonly PodConnection[];
  readonly grpcTls: GrpcTls | undefined;
  /** The configuration of the object store. */
  readonly objstore: ObjstoreSecret;
  /** How long a block that is marked for deletion is still served, for the compactor to exceed. */
  readonly ignoreDeletionMarksDelay: StoreGatewaySettings['ignoreDeletionMarksDelay'];
  /** The StatefulSets, one for each shard of each partition. */
  readonly statefulSets: readonly k8s.KubeStatefulSet[];
  /** The headless Service. */
  readonly service: k8s.KubeService;
  /** The configuration of the index cache. */
  readonly indexCacheFile: HashedConfigMap;

  constructor(scope: Construct, id: string, props: ThanosStoreGatewayProps = {}) {
    super(scope, id);
    const subject = `ThanosStoreGateway ${this.node.path}`;
    const settings = resolveStoreGateway(subject, props);
    const workload = thanosWorkload({
      component: 'thanos-store-gateway',
      name: settings.name,
      versionLabel: settings.workload.versionLabel,
    });
    const { labels, podLabels } = workload;
    this.name = settings.name;
    this.ignoreDeletionMarksDelay = settings.ignoreDeletionMarksDelay;
    this.grpcTls = settings.grpcTls;
    this.objstore = settings.objstore;
    this.connections = settings.indexCache.connections;
    this.pods = podGroupOf(workload);
    this.storePods = this.pods;
    this.storeAddress = srvAddress(this.name, this.storePort);

    addServiceAccount(this, this.name, labels, settings.workload.serviceAccountAnnotations);
    this.indexCacheFile = new HashedConfigMap(this, 'index-cache', {
      prefix: `${this.name}-index-cache`,
      data: { [INDEX_CACHE_FILE_NAME]: settings.indexCache.print() },
      labels,
    });
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name: this.name, labels },
      spec: { clusterIp: 'None', selector: podLabels, ports: thanosServicePorts() },
    });
    this.statefulSets = storeParts(settings).map((part) =>
      this.#addPart(subject, workload, settings, part),
    );
  }

  #addPart(
    subject: string,
    whole: ThanosWorkload,
    settings: StoreGatewaySettings,
    part: StorePart,
  ): k8s.KubeStatefulSet {
    const isWhole = part.suffix === '';
    const scope = isWhole ? this : new Construct(this, `part${part.suffix}`);
    const name = `${this.name}${part.suffix}`;
    const workload = isWhole
      ? whole
      : partOfWorkload(whole, name, { [PART_LABEL]: part.suffix.slice(1) });
    const shardFile =
      settings.shards === 1
        ? undefined
        : new HashedConfigMap(scope, 'shard', {
            prefix: `${name}-shard`,
            data: { [SHARD_FILE_NAME]: printShard(part.shard, settings.shards) },
            labels: workload.labels,
          });
    const args = storeArgs(subject, settings, part);
    return addThanosStatefulSet(scope, {
      workload,
      settings: settings.workload,
      pod: this.#pod(settings, args, shardFile),
      replicas: settings.replicas,
      disk: { size: settings.storage, storageClassName: settings.storageClassName },
      serviceName: this.name,
    });
  }

  #pod(
    settings: StoreGatewaySettings,
    args: readonly string[],
    shardFile: HashedConfigMap | undefined,
  ): ThanosPodSettings {
    const files = [
      { volume: 'index-cache', folder: CACHE_FOLDER, file: this.indexCacheFile },
      ...(shardFile === undefined
        ? []
        : [{ volume: 'shard', folder: SHARD_FOLDER, file: shardFile }]),
    ];
    return {
      serviceAccountName: this.name,
      container: {
        name: 'thanos-store',
        args,
        mounts: [
          { name: 'data', mountPath: DATA_FOLDER },
          ...objstoreMounts(settings.objstore),
          ...files.map(({ folder, volume }) => ({
            name: volume,
            mountPath: folder,
            readOnly: true,
          })),
          ...grpcMounts(settings.grpcTls, 'server'),
        ],
        ports: THANOS_PORTS,
        // The first synchronisation reads the metadata of every block: up to 30 minutes.
        startup: { periodSeconds: 10, failureThreshold: 180 },
      },
      volumes: [
        ...objstoreVolumes(settings.objstore),
        ...files.map(({ file, volume }) => ({ name: volume, configMap: { name: file.name } })),
        ...grpcVolumes(settings.grpcTls, 'server'),
      ],
    };
  }
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
    .value('index-cache.config-file', `${CACHE_FOLDER}/${INDEX_CACHE_FILE_NAME}`)
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
