import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HashedConfigMap } from '../hashed-config-map.ts';
import type { NetworkPart, PodConnection } from '../network/network-part.ts';
import { OBJSTORE_FILE, objstoreMounts, objstoreVolumes } from '../objstore-secret.ts';
import type { PodGroup } from '../pod-group.ts';
import { addServiceAccount } from '../service-account.ts';
import { printGoDuration } from '../units.ts';
import { programArgs, refuseSharedTenancyLabel } from './common-args.ts';
import {
  type CompactorSettings,
  resolveCompactor,
  type ThanosCompactorProps,
} from './compactor-props.ts';
import { type CompactorShard, STREAMS_FILE_NAME } from './compactor-shards.ts';
import { THANOS_HTTP, thanosServicePorts } from './ports.ts';
import {
  addThanosStatefulSet,
  partOfWorkload,
  podGroupOf,
  type ThanosPodSettings,
  type ThanosWorkload,
  thanosWorkload,
} from './workload.ts';

const DATA_FOLDER = '/var/thanos/compact';
const STREAMS_FOLDER = '/etc/thanos/streams';

/** The label that tells the shards of one compactor apart. */
const SHARD_LABEL = 'prometheus-tenancy-kit/compactor-shard';

/**
 * The Thanos compactor: merges the blocks in the object store, makes coarser ones and deletes the old.
 *
 * There is never more than one for a stream of blocks: each shard is a StatefulSet of one pod, which
 * Kubernetes stops before it starts another.
 */
export class ThanosCompactor extends Construct implements NetworkPart {
  /** Name of the StatefulSet and its Service. */
  readonly name: string;
  /** The pods of every shard, for network policies. */
  readonly pods: PodGroup;
  /** It connects to no other pod. */
  readonly connections: readonly PodConnection[] = [];
  /** It reads and writes the object store. */
  readonly usesObjstore: boolean = true;
  /** The StatefulSets, that of the streams which no shard takes first. */
  readonly statefulSets: readonly k8s.KubeStatefulSet[];
  /** The headless Service of all shards. */
  readonly service: k8s.KubeService;

  constructor(scope: Construct, id: string, props: ThanosCompactorProps = {}) {
    super(scope, id);
    const subject = `ThanosCompactor ${this.node.path}`;
    const settings = resolveCompactor(subject, props);
    const workload = thanosWorkload({
      component: 'thanos-compactor',
      name: settings.name,
      versionLabel: settings.workload.versionLabel,
    });
    const { labels, podLabels } = workload;
    this.name = settings.name;
    this.pods = podGroupOf(workload);
    addServiceAccount(this, this.name, labels);
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name: this.name, labels },
      spec: {
        clusterIp: 'None',
        selector: podLabels,
        ports: thanosServicePorts([THANOS_HTTP]),
      },
    });
    this.statefulSets = settings.shards.map((shard) =>
      this.#addShard(subject, workload, settings, shard),
    );
  }

  #addShard(
    subject: string,
    whole: ThanosWorkload,
    settings: CompactorSettings,
    shard: CompactorShard,
  ): k8s.KubeStatefulSet {
    const name = `${this.name}${shard.suffix}`;
    const scope = shard.suffix === '' ? this : new Construct(this, `shard${shard.suffix}`);
    const workload = partOfWorkload(whole, name, { [SHARD_LABEL]: name });
    const streams =
      shard.relabelling === undefined
        ? undefined
        : new HashedConfigMap(scope, 'streams', {
            prefix: `${name}-streams`,
            data: { [STREAMS_FILE_NAME]: `${JSON.stringify(shard.relabelling, null, 2)}\n` },
            labels: workload.labels,
          });
    return addThanosStatefulSet(scope, {
      workload,
      settings: settings.workload,
      pod: this.#pod(subject, settings, streams),
      replicas: 1,
      disk: { size: settings.storage, storageClassName: settings.storageClassName },
      serviceName: this.name,
    });
  }

  #pod(
    subject: string,
    settings: CompactorSettings,
    streams: HashedConfigMap | undefined,
  ): ThanosPodSettings {
    const mount = { name: 'streams', mountPath: STREAMS_FOLDER, readOnly: true };
    return {
      serviceAccountName: this.name,
      container: {
        name: 'thanos-compact',
        args: compactorArgs(subject, settings, streams !== undefined),
        mounts: [
          { name: 'data', mountPath: DATA_FOLDER },
          ...objstoreMounts(settings.objstore),
          ...(streams === undefined ? [] : [mount]),
        ],
        ports: [THANOS_HTTP],
        startup: { periodSeconds: 5, failureThreshold: 60 },
      },
      volumes: [
        ...objstoreVolumes(settings.objstore),
        ...(streams === undefined ? [] : [{ name: 'streams', configMap: { name: streams.name } }]),
      ],
    };
  }
}

function compactorArgs(
  subject: string,
  settings: CompactorSettings,
  hasStreams: boolean,
): string[] {
  const { deduplication, retention } = settings;
  const args = programArgs('compact', subject, settings.workload)
    .enable('web.disable-cors')
    .enable('web.disable')
    .enable('disable-admin-operations')
    .enable('wait')
    .value('wait-interval', printGoDuration(settings.waitInterval))
    .value('data-dir', DATA_FOLDER)
    .value('objstore.config-file', OBJSTORE_FILE)
    .optional('retention.resolution-raw', retention.raw && printGoDuration(retention.raw))
    .optional(
      'retention.resolution-5m',
      retention.fiveMinutes && printGoDuration(retention.fiveMinutes),
    )
    .optional('retention.resolution-1h', retention.oneHour && printGoDuration(retention.oneHour))
    .value('delete-delay', printGoDuration(settings.deleteDelay))
    .value('compact.concurrency', settings.concurrency)
    .value('downsample.concurrency', settings.downsampleConcurrency)
    .optional(
      'selector.relabel-config-file',
      hasStreams ? `${STREAMS_FOLDER}/${STREAMS_FILE_NAME}` : undefined,
    );
  if (!settings.downsampling) args.enable('downsampling.disable');
  if (deduplication !== undefined) {
    args.each('deduplication.replica-label', deduplication.replicaLabels);
    if (deduplication.algorithm !== 'oneToOne') args.value('deduplication.func', 'penalty');
  }
  const written = args.extra(settings.workload.extraArgs).toArray();
  refuseSharedTenancyLabel(subject, settings.tenancyLabel, written);
  return written;
}
