import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { NetworkPart, PodConnection } from '../network/network-part.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { addServiceAccount } from '../service-account.ts';
import type { GrpcTls } from './grpc-tls.ts';
import { HASHRING_FILE_NAME, ingestorAddresses, printHashrings } from './hashring.ts';
import { addConfigFolder } from './pod-folders.ts';
import { THANOS_GRPC, THANOS_HTTP } from './ports.ts';
import { HASHRINGS_FOLDER, ingestorPod, REMOTE_WRITE, routerPod } from './receive-pods.ts';
import {
  RECEIVE_REPLICA_LABEL,
  type ReceiveSettings,
  resolveReceive,
  type ThanosReceiveProps,
} from './receive-props.ts';
import { type RemoteWriteTarget, RULER_REPLICA_LABEL } from './ruler-props.ts';
import { addThanosService } from './service.ts';
import { srvAddress, type StoreEndpoint } from './store-endpoint.ts';
import {
  addThanosDeployment,
  addThanosStatefulSet,
  podGroupOf,
  type ThanosWorkload,
  thanosWorkload,
} from './workload.ts';

/**
 * The receive of Thanos: takes remote writes and keeps their series until they are in the object store.
 *
 * It believes its writers. Only those may reach it that set the tenancy label themselves, such as a
 * stateless ruler: network policies let in the parts that name it among their connections, and no
 * tenant.
 */
export class ThanosReceive extends Construct implements StoreEndpoint, RemoteWriteTarget {
  /** Name of the routers and their Service. */
  readonly name: string;
  /** The label that carries the tenant on the series. */
  readonly tenancyLabel: TenancyLabel;
  /** Routers and ingestors, for network policies. */
  readonly parts: readonly NetworkPart[];
  readonly writeUrl: string;
  readonly writeNetwork: PodConnection;
  readonly storeAddress: string;
  /** Those of the ingestors, and of the stateless rulers that write to them. */
  readonly replicaLabels: readonly string[] = [RECEIVE_REPLICA_LABEL, RULER_REPLICA_LABEL];
  readonly storePods: PodGroup;
  readonly storePort: PodPort = THANOS_GRPC;
  /** The ingestors upload blocks. */
  readonly usesObjstore: boolean = true;
  readonly grpcTls: GrpcTls | undefined;
  /** The routers. */
  readonly deployment: k8s.KubeDeployment;
  /** The ingestors. */
  readonly statefulSet: k8s.KubeStatefulSet;

  constructor(scope: Construct, id: string, props: ThanosReceiveProps) {
    super(scope, id);
    const subject = `ThanosReceive ${this.node.path}`;
    const settings = resolveReceive(subject, props);
    this.name = settings.name;
    this.tenancyLabel = settings.tenancyLabel;
    this.grpcTls = settings.grpcTls;
    const name = `${this.name}-ingestor`;
    const ingestor = thanosWorkload('thanos-receive-ingestor', name, settings.workload);
    const router = thanosWorkload('thanos-receive-router', this.name, settings.workload);
    this.storePods = podGroupOf(ingestor);
    this.storeAddress = srvAddress(name, this.storePort);
    this.writeUrl = `http://${this.name}:${REMOTE_WRITE.port}/api/v1/receive`;
    this.writeNetwork = { to: podGroupOf(router), port: REMOTE_WRITE };
    const toIngestors = { to: this.storePods, port: THANOS_GRPC };
    this.parts = [
      { pods: this.writeNetwork.to, connections: [toIngestors], usesObjstore: false },
      { pods: this.storePods, connections: [], usesObjstore: true },
    ];
    this.statefulSet = this.#addIngestors(subject, ingestor, settings);
    this.deployment = this.#addRouters(subject, router, ingestor, settings);
  }

  #addIngestors(
    subject: string,
    workload: ThanosWorkload,
    settings: ReceiveSettings,
  ): k8s.KubeStatefulSet {
    const scope = new Construct(this, 'ingestor');
    const { labels, name } = workload;
    addServiceAccount(scope, name, labels, settings.workload.serviceAccountAnnotations);
    // A router finds each ingestor by its name, and one that starts has to be found by others.
    addThanosService(scope, workload, { isHeadless: true, namesUnready: true });
    return addThanosStatefulSet(scope, {
      workload,
      settings: settings.workload,
      pod: ingestorPod(subject, name, settings),
      replicas: settings.ingestors,
      tenancyLabel: settings.tenancyLabel,
      disk: { size: settings.storage, storageClassName: settings.storageClassName },
      serviceName: name,
    });
  }

  #addRouters(
    subject: string,
    workload: ThanosWorkload,
    ingestor: ThanosWorkload,
    settings: ReceiveSettings,
  ): k8s.KubeDeployment {
    const scope = new Construct(this, 'router');
    addServiceAccount(scope, workload.name, workload.labels);
    const hashrings = addConfigFolder(scope, workload, {
      name: 'hashrings',
      folder: HASHRINGS_FOLDER,
      data: {
        [HASHRING_FILE_NAME]: printHashrings(ingestorAddresses(ingestor.name, settings.ingestors)),
      },
    });
    addThanosService(scope, workload, { ports: [THANOS_HTTP, REMOTE_WRITE] });
    return addThanosDeployment(scope, subject, {
      workload,
      settings: settings.routerWorkload,
      pod: routerPod(subject, hashrings, settings),
      replicas: settings.routers,
      tenancyLabel: settings.tenancyLabel,
      autoscaling: settings.autoscaling,
    });
  }
}
