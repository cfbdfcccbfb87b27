import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { addDisruptionBudget, spreadEvenly } from '../availability.ts';
import { HashedConfigMap } from '../hashed-config-map.ts';
import { THANOS_VERSION } from '../images.ts';
import { objectLabels, selectorLabels } from '../labels.ts';
import { OBJSTORE_FILE, objstoreMount, objstoreVolume } from '../objstore-secret.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { NOBODY, restrictedPod } from '../pod-security.ts';
import { addServiceAccount } from '../service-account.ts';
import { printBytes, printDuration, toQuantity } from '../units.ts';
import { ThanosArgs } from './args.ts';
import { thanosContainer } from './container.ts';
import { INDEX_CACHE_FILE_NAME } from './index-cache.ts';
import { THANOS_GRACE_SECONDS, THANOS_GRPC, THANOS_HTTP, thanosServicePorts } from './ports.ts';
import { srvAddress, type StoreEndpoint } from './store-endpoint.ts';
import {
  resolveStoreGateway,
  type StoreGatewaySettings,
  type ThanosStoreGatewayProps,
} from './store-gateway-props.ts';

const DATA_FOLDER = '/var/thanos/store';
const CACHE_FOLDER = '/etc/thanos/index-cache';

/** The Thanos store gateway: serves the blocks in the object store, and keeps nothing it needs. */
export class ThanosStoreGateway extends Construct implements StoreEndpoint {
  /** Name of the StatefulSet and its Service. */
  readonly name: string;
  /** The pods, for network policies. They need the object store. */
  readonly pods: PodGroup;
  /** The address that a querier resolves. */
  readonly storeAddress: string;
  /** None of its own: blocks carry the tenants as their writers did. */
  readonly tenancyLabel: TenancyLabel | undefined = undefined;
  // Blocks carry the replica labels of those who wrote them, which are attached on their own.
  /** None: blocks carry the replica labels of their writers. */
  readonly replicaLabels: readonly string[] = [];
  /** The pods behind the address. */
  readonly storePods: PodGroup;
  /** The port of the Store API on those pods. */
  readonly storePort: PodPort = THANOS_GRPC;
  /** The pods reach the object store. */
  readonly usesObjstore: boolean = true;
  /** How long a block that is marked for deletion is still served, for the compactor to exceed. */
  readonly ignoreDeletionMarksDelay: StoreGatewaySettings['ignoreDeletionMarksDelay'];
  /** The StatefulSet. */
  readonly statefulSet: k8s.KubeStatefulSet;
  /** The headless Service. */
  readonly service: k8s.KubeService;
  /** The configuration of the index cache. */
  readonly indexCacheFile: HashedConfigMap;

  constructor(scope: Construct, id: string, props: ThanosStoreGatewayProps = {}) {
    super(scope, id);
    const subject = `ThanosStoreGateway ${this.node.path}`;
    const settings = resolveStoreGateway(subject, props);
    const identity = {
      component: 'thanos-store-gateway',
      instance: settings.name,
      software: 'thanos',
      version: THANOS_VERSION,
    };
    const labels = objectLabels(identity);
    const podLabels = selectorLabels(identity);
    this.name = settings.name;
    this.ignoreDeletionMarksDelay = settings.ignoreDeletionMarksDelay;
    this.pods = { component: identity.component, podLabels, metricsPorts: [THANOS_HTTP] };
    this.storePods = this.pods;
    this.storeAddress = srvAddress(this.name, this.storePort);

    addServiceAccount(this, this.name, labels);
    this.indexCacheFile = new HashedConfigMap(this, 'index-cache', {
      prefix: `${this.name}-index-cache`,
      data: { [INDEX_CACHE_FILE_NAME]: settings.indexCache.print() },
      labels,
    });
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name: this.name, labels },
      spec: { clusterIp: 'None', selector: podLabels, ports: thanosServicePorts() },
    });
    this.statefulSet = new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { name: this.name, labels },
      spec: {
        serviceName: this.name,
        replicas: settings.replicas,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: podLabels },
        template: {
          metadata: { labels },
          spec: this.#podSpec(podLabels, storeArgs(subject, settings), settings),
        },
        volumeClaimTemplates: [dataClaim(settings, podLabels)],
      },
    });
    addDisruptionBudget(this, {
      name: this.name,
      replicas: settings.replicas,
      podLabels,
      labels,
    });
  }

  #podSpec(
    podLabels: Record<string, string>,
    args: readonly string[],
    settings: StoreGatewaySettings,
  ): k8s.PodSpec {
    return {
      serviceAccountName: this.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(NOBODY),
      terminationGracePeriodSeconds: THANOS_GRACE_SECONDS,
      topologySpreadConstraints: spreadEvenly(podLabels),
      containers: [
        thanosContainer({
          name: 'thanos-store',
          image: settings.image,
          args,
          resources: settings.resources,
          mounts: [
            { name: 'data', mountPath: DATA_FOLDER },
            objstoreMount(),
            { name: 'index-cache', mountPath: CACHE_FOLDER, readOnly: true },
          ],
          // The first synchronisation reads the metadata of every block: up to 30 minutes.
          startup: { periodSeconds: 10, failureThreshold: 180 },
        }),
      ],
      volumes: [
        objstoreVolume(settings.objstore),
        { name: 'index-cache', configMap: { name: this.indexCacheFile.name } },
      ],
    };
  }
}

function storeArgs(subject: string, settings: StoreGatewaySettings): string[] {
  const { limits } = settings;
  return new ThanosArgs('store', subject)
    .value('log.format', 'json')
    .value('http-address', `0.0.0.0:${THANOS_HTTP.port}`)
    .value('grpc-address', `0.0.0.0:${THANOS_GRPC.port}`)
    .enable('enable-auto-gomemlimit')
    .enable('web.disable-cors')
    .enable('web.disable')
    .enable('disable-admin-operations')
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
    .value('ignore-deletion-marks-delay', printDuration(settings.ignoreDeletionMarksDelay))
    .optional('min-time', settings.minTime && `-${printDuration(settings.minTime)}`)
    .optional('max-time', settings.maxTime && `-${printDuration(settings.maxTime)}`)
    .extra(settings.extraArgs)
    .toArray();
}

function dataClaim(
  settings: StoreGatewaySettings,
  labels: Record<string, string>,
): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: { name: 'data', labels },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(settings.storageClassName === undefined
        ? {}
        : { storageClassName: settings.storageClassName }),
      resources: { requests: { storage: toQuantity(settings.storage) } },
    },
  };
}
