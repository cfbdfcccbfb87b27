import type { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { NetworkPart, PodConnection } from '../network/network-part.ts';
import { OBJSTORE_FILE, type ObjstoreSecret } from '../objstore-secret.ts';
import type { PodGroup } from '../pod-group.ts';
import { finalSpec } from '../prometheus/final-spec.ts';
import { addServiceAccount } from '../service-account.ts';
import { SynthError } from '../synth-error.ts';
import { printGoDuration } from '../units.ts';
import { programArgs, refuseSharedTenancyLabel } from './common-args.ts';
import {
  type CompactorSettings,
  resolveCompactor,
  type ThanosCompactorProps,
} from './compactor-props.ts';
import { type CompactorShard, STREAMS_FILE_NAME } from './compactor-shards.ts';
import { addConfigFolder, type ConfigFolder, podFolders } from './pod-folders.ts';
import { THANOS_HTTP } from './ports.ts';
import { addThanosService } from './service.ts';
import { sharersOfBlocks } from './shared-blocks.ts';
import { ThanosStoreGateway } from './store-gateway.ts';
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
 * Kubernetes stops before it starts another, and a second compactor over the same Secret throws. That two
 * Secrets name one bucket, here or in another cluster, nobody can see at synth.
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
  /** The configuration of the object store. */
  readonly objstore: ObjstoreSecret;

  constructor(scope: Construct, id: string, props: ThanosCompactorProps = {}) {
    super(scope, id);
    const subject = `ThanosCompactor ${this.node.path}`;
    const settings = resolveCompactor(subject, props);
    this.objstore = settings.objstore;
    refuseSecondCompactor(subject, this);
    this.node.addValidation({ validate: () => servedAfterDeletion(this, settings.deleteDelay) });
    const workload = thanosWorkload('thanos-compactor', settings.name, settings.workload);
    this.name = settings.name;
    this.pods = podGroupOf(workload);
    const { serviceAccountAnnotations } = settings.workload;
    addServiceAccount(this, this.name, workload.labels, serviceAccountAnnotations);
    this.service = addThanosService(this, workload, { isHeadless: true, ports: [THANOS_HTTP] });
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
        : addConfigFolder(scope, workload, {
            name: 'streams',
            folder: STREAMS_FOLDER,
            data: { [STREAMS_FILE_NAME]: `${JSON.stringify(shard.relabelling, null, 2)}\n` },
          });
    const statefulSet = addThanosStatefulSet(scope, {
      workload,
      settings: settings.workload,
      pod: this.#pod(subject, settings, streams),
      replicas: 1,
      tenancyLabel: settings.tenancyLabel,
      disk: {
        size: settings.storage,
        storageClassName: settings.storageClassName,
        claims: settings.claims,
      },
      serviceName: this.name,
    });
    scope.node.addValidation({ validate: () => moreThanOne(statefulSet) });
    return statefulSet;
  }

  #pod(
    subject: string,
    settings: CompactorSettings,
    streams: ConfigFolder | undefined,
  ): ThanosPodSettings {
    const { mounts, volumes } = podFolders({
      disk: DATA_FOLDER,
      objstore: settings.objstore,
      config: [streams],
    });
    return {
      serviceAccountName: this.name,
      container: {
        name: 'thanos-compact',
        args: compactorArgs(subject, settings, streams !== undefined),
        mounts,
        ports: [THANOS_HTTP],
        startup: { periodSeconds: 5, failureThreshold: 60 },
      },
      volumes,
    };
  }
}

// Two of them on one stream of blocks make blocks that overlap, and then both come to a halt.
function refuseSecondCompactor(subject: string, compactor: ThanosCompactor): void {
  const [other] = sharersOfBlocks(compactor, ThanosCompactor);
  if (other === undefined) return;
  throw new SynthError(
    subject,
    `works on the blocks of ${other.node.path}, and two compactors would corrupt them`,
    'give one compactor the property shards',
  );
}

// Those that were named among the stores were looked at already; these are all there are.
function servedAfterDeletion(compactor: ThanosCompactor, deleteDelay: Duration): string[] {
  return sharersOfBlocks(compactor, ThanosStoreGateway)
    .filter((it) => it.ignoreDeletionMarksDelay.toMilliseconds() >= deleteDelay.toMilliseconds())
    .map(
      ({ name }) =>
        `${compactor.name} deleteDelay: blocks would be deleted while ${name} still serves them; ` +
        'name it in stores, and wait longer than its ignoreDeletionMarksDelay',
    );
}

function moreThanOne(statefulSet: k8s.KubeStatefulSet): string[] {
  const { replicas } = finalSpec(statefulSet);
  return replicas === 1 || replicas === 0
    ? []
    : [
        `${statefulSet.name} spec.replicas: is ${String(replicas)}, and two compactors would corrupt ` +
          'their blocks; leave it at 1, and use the property shards',
      ];
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
  if (settings.downsampling) args.reserve('downsampling.disable');
  else args.enable('downsampling.disable');
  args.reserve('deduplication.replica-label', 'deduplication.func');
  if (deduplication !== undefined) {
    args.each('deduplication.replica-label', deduplication.replicaLabels);
    if (deduplication.algorithm !== 'oneToOne') args.value('deduplication.func', 'penalty');
  }
  const written = args.extra(settings.workload.extraArgs).toArray();
  refuseSharedTenancyLabel(subject, settings.tenancyLabel, written);
  return written;
}
