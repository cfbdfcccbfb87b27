import type { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { NetworkDestination } from '../network/network-destination.ts';
import type { NetworkPart, PodConnection } from '../network/network-part.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { addServiceAccount } from '../service-account.ts';
import type { GrpcTls } from './grpc-tls.ts';
import { THANOS_GRPC, THANOS_HTTP } from './ports.ts';
import { rulerPod, SYNCED_RULES } from './ruler-pod.ts';
import { resolveRuler, type RulerSettings, type ThanosRulerProps } from './ruler-props.ts';
import { addRulerResource } from './ruler-resource.ts';
import type { RulesSidecarParts } from './rules-sidecar.ts';
import { addThanosService } from './service.ts';
import { srvAddress, type StoreEndpoint } from './store-endpoint.ts';
import {
  addThanosStatefulSet,
  podGroupOf,
  type ThanosWorkload,
  thanosWorkload,
} from './workload.ts';

/**
 * The Thanos ruler: evaluates rules over everything, and answers the querier with what came out.
 *
 * It sees all tenants. The rules of tenants must come confined, by a container beside it that knows
 * whose they are; PrometheusRules of tenants never reach it.
 */
export class ThanosRuler extends Construct implements StoreEndpoint, NetworkPart {
  /** Name of the workload and its Service. */
  readonly name: string;
  /** The pods, for network policies. */
  readonly pods: PodGroup;
  readonly storeAddress: string;
  /** The label that carries the tenant, which its rules must set. */
  readonly tenancyLabel: TenancyLabel;
  readonly replicaLabels: readonly string[];
  readonly storePods: PodGroup;
  readonly storePort: PodPort = THANOS_GRPC;
  readonly usesObjstore: boolean;
  readonly connections: readonly PodConnection[];
  readonly destinations: readonly NetworkDestination[];
  readonly grpcTls: GrpcTls | undefined;
  /** The StatefulSet, or the ThanosRuler resource. */
  readonly apiObject: ApiObject;
  /** The headless Service. */
  readonly service: k8s.KubeService;

  constructor(scope: Construct, id: string, props: ThanosRulerProps) {
    super(scope, id);
    const subject = `ThanosRuler ${this.node.path}`;
    const settings = resolveRuler(subject, props);
    const sidecar = settings.rulesSidecar?.bindTo(SYNCED_RULES);
    const workload = thanosWorkload('thanos-ruler', settings.name, settings.workload);
    this.name = settings.name;
    this.tenancyLabel = settings.tenancyLabel;
    this.replicaLabels = [settings.replicaLabel];
    this.grpcTls = settings.grpcTls;
    this.usesObjstore = settings.objstore !== undefined;
    this.pods = podGroupOf(workload, [THANOS_HTTP, ...(sidecar?.metricsPorts ?? [])]);
    this.storePods = this.pods;
    this.storeAddress = srvAddress(this.name, this.storePort);
    const ways = waysOut(settings, sidecar);
    this.connections = ways.filter((it): it is PodConnection => 'to' in it);
    this.destinations = ways.filter((it) => it instanceof NetworkDestination);

    const { serviceAccountAnnotations } = settings.workload;
    addServiceAccount(this, this.name, workload.labels, serviceAccountAnnotations);
    this.service = addThanosService(this, workload, { isHeadless: true });
    this.apiObject = this.#addWorkload(subject, workload, settings, sidecar);
  }

  #addWorkload(
    subject: string,
    workload: ThanosWorkload,
    settings: RulerSettings,
    sidecar: RulesSidecarParts | undefined,
  ): ApiObject {
    const { mode, replicas, storage, storageClassName } = settings;
    if (mode.kind === 'resource') {
      return addRulerResource(this, { subject, workload, settings, mode, sidecar });
    }
    return addThanosStatefulSet(this, {
      workload,
      settings: settings.workload,
      pod: rulerPod(this, {
        subject,
        settings,
        workload,
        sidecar,
      }),
      replicas,
      tenancyLabel: settings.tenancyLabel,
      disk: { size: storage, storageClassName },
      serviceName: this.name,
    });
  }
}

function waysOut(
  { alertmanagers, mode, query }: RulerSettings,
  sidecar: RulesSidecarParts | undefined,
): (PodConnection | NetworkDestination)[] {
  return [
    { to: query.pods, port: query.queryPort },
    ...alertmanagers.map(({ network }) => network),
    ...(mode.kind === 'stateless' ? [mode.remoteWrite.writeNetwork] : []),
    ...(sidecar?.connections ?? []),
    ...(sidecar?.destinations ?? []),
  ];
}
