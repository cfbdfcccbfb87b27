import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { HashedConfigMap } from '../hashed-config-map.ts';
import { selectorLabels } from '../labels.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import type { QueryUpstream } from '../query-frontend/tenant-query-frontend-props.ts';
import { addServiceAccount } from '../service-account.ts';
import { requireTenancyLabel } from '../tenancy-labels.ts';
import { printGoDuration } from '../units.ts';
import { addGrpcServer, programArgs, refuseSharedTenancyLabel } from './common-args.ts';
import { ENDPOINTS_FILE_NAME, printEndpointsFile } from './endpoints-file.ts';
import type { GrpcTls } from './grpc-tls.ts';
import { addConfigFolder, type ConfigFolder, podFolders } from './pod-folders.ts';
import { THANOS_GRPC, THANOS_HTTP, THANOS_PORTS } from './ports.ts';
import {
  DEFAULT_QUERIER_NAME,
  type QuerierSettings,
  resolveQuerier,
  type ThanosQuerierProps,
} from './querier-props.ts';
import { addThanosService } from './service.ts';
import type { StoreEndpoint } from './store-endpoint.ts';
import {
  addThanosDeployment,
  podGroupOf,
  type ThanosPodSettings,
  thanosWorkload,
} from './workload.ts';

const COMPONENT = 'thanos-querier';
const ENDPOINTS_FOLDER = '/etc/thanos/endpoints';

/** The Thanos querier: one view over all stores, which only the query frontend may reach. */
export class ThanosQuerier extends Construct implements QueryUpstream {
  /** Name of the Deployment and its Service. */
  readonly name: string;
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** URL of the query API, relative to the namespace. */
  readonly queryUrl: string;
  /** The pods, for network policies. */
  readonly pods: PodGroup;
  /** The port of the query API on those pods. */
  readonly queryPort: PodPort = THANOS_HTTP;
  /** The port of the Store API on those pods. */
  readonly storePort: PodPort = THANOS_GRPC;
  /** The stores it asks, each once, in the order they were given. */
  readonly endpoints: readonly StoreEndpoint[];
  /** The labels it deduplicates by. */
  readonly replicaLabels: readonly string[];
  /** The certificates of its endpoints, which its own Store API shows too. */
  readonly grpcTls: GrpcTls | undefined;
  /** The Deployment. */
  readonly deployment: k8s.KubeDeployment;
  /** The Service. */
  readonly service: k8s.KubeService;
  /** The list of endpoints. */
  readonly endpointsFile: HashedConfigMap;

  /**
   * The address of a querier that is constructed later, or elsewhere in the namespace.
   *
   * A ruler needs its querier, and the querier has the ruler among its endpoints: the ruler is given
   * this, and then the querier is given the ruler.
   *
   * @param name - Name of the querier.
   * @param tenancyLabel - The label that carries the tenant there.
   */
  static named(
    name: string = DEFAULT_QUERIER_NAME,
    tenancyLabel: string = DEFAULT_TENANCY_LABEL,
  ): QueryUpstream {
    const podLabels = selectorLabels({ component: COMPONENT, instance: name, software: 'thanos' });
    return {
      queryUrl: queryUrlOf(name),
      pods: { component: COMPONENT, podLabels, metricsPorts: [THANOS_HTTP] },
      queryPort: THANOS_HTTP,
      tenancyLabel: requireTenancyLabel(`ThanosQuerier ${name}`, tenancyLabel),
    };
  }

  constructor(scope: Construct, id: string, props: ThanosQuerierProps) {
    super(scope, id);
    const subject = `ThanosQuerier ${this.node.path}`;
    const settings = resolveQuerier(subject, props);
    const workload = thanosWorkload(COMPONENT, settings.name, settings.workload);
    this.name = settings.name;
    this.tenancyLabel = settings.tenancyLabel;
    this.endpoints = settings.endpoints;
    this.replicaLabels = settings.replicaLabels;
    this.grpcTls = settings.grpcTls;
    this.queryUrl = queryUrlOf(this.name);
    this.pods = podGroupOf(workload);

    const { serviceAccountAnnotations } = settings.workload;
    addServiceAccount(this, this.name, workload.labels, serviceAccountAnnotations);
    const endpoints = addConfigFolder(this, workload, {
      name: 'endpoints',
      folder: ENDPOINTS_FOLDER,
      data: { [ENDPOINTS_FILE_NAME]: printEndpointsFile(this.endpoints, this.grpcTls) },
    });
    this.endpointsFile = endpoints.configMap;
    this.deployment = addThanosDeployment(this, subject, {
      workload,
      settings: settings.workload,
      pod: this.#pod(querierArgs(subject, settings), endpoints),
      replicas: settings.replicas,
      autoscaling: settings.autoscaling,
      tenancyLabel: this.tenancyLabel,
    });
    const morePorts = settings.legacyPort ? [legacyPort()] : [];
    this.service = addThanosService(this, workload, { morePorts });
  }

  #pod(args: readonly string[], endpoints: ConfigFolder): ThanosPodSettings {
    const { mounts, volumes } = podFolders({
      config: [endpoints],
      grpcTls: this.grpcTls,
      grpcEnds: ['server', 'client'],
    });
    return {
      serviceAccountName: this.name,
      container: {
        name: 'thanos-query',
        args,
        mounts,
        ports: THANOS_PORTS,
        startup: { periodSeconds: 2, failureThreshold: 60 },
      },
      volumes,
    };
  }
}

function legacyPort(): k8s.ServicePort {
  const targetPort = k8s.IntOrString.fromString(THANOS_HTTP.name);
  return { name: 'legacy-http', port: 9_090, targetPort, protocol: 'TCP' };
}

function queryUrlOf(name: string): string {
  return `http://${name}:${THANOS_HTTP.port}`;
}

function querierArgs(subject: string, settings: QuerierSettings): string[] {
  const args = addGrpcServer(programArgs('query', subject, settings.workload), settings.grpcTls)
    .enable('web.disable-cors')
    .value('endpoint.sd-config-file', `${ENDPOINTS_FOLDER}/${ENDPOINTS_FILE_NAME}`)
    .value('query.timeout', printGoDuration(settings.timeout))
    .value('query.max-concurrent', settings.maxConcurrent)
    .enable('query.auto-downsampling')
    .each('query.replica-label', settings.replicaLabels)
    .extra(settings.workload.extraArgs)
    .toArray();
  refuseSharedTenancyLabel(subject, settings.tenancyLabel, args);
  return args;
}
