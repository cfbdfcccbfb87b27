import { Duration, Size } from 'cdk8s';
import { Cpu, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import { addDisruptionBudget, spreadEvenly } from '../availability.ts';
import { HashedConfigMap } from '../hashed-config-map.ts';
import { THANOS_IMAGE, THANOS_VERSION } from '../images.ts';
import { objectLabels, selectorLabels } from '../labels.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { NOBODY, restrictedPod } from '../pod-security.ts';
import type { ContainerResources } from '../resources.ts';
import { addServiceAccount } from '../service-account.ts';
import { SynthError } from '../synth-error.ts';
import {
  refuseSeveralTenancyLabels,
  refuseTenancyLabelAmong,
  requireTenancyLabel,
} from '../tenancy-labels.ts';
import { printDuration } from '../units.ts';
import { ThanosArgs } from './args.ts';
import { thanosContainer } from './container.ts';
import { ENDPOINTS_FILE_NAME, printEndpointsFile, replicaLabelsOf } from './endpoints-file.ts';
import { THANOS_GRACE_SECONDS, THANOS_GRPC, THANOS_HTTP, thanosServicePorts } from './ports.ts';
import type { StoreEndpoint } from './store-endpoint.ts';

/** Settings of a {@link ThanosQuerier}. */
export interface ThanosQuerierProps {
  /** The stores it asks: sidecars, store gateways. At least one. */
  readonly endpoints: readonly StoreEndpoint[];
  /**
   * Name of the Deployment and its Service.
   * @default 'thanos-querier'
   */
  readonly name?: string;
  /**
   * The label that carries the tenant. It must be that of every endpoint that has one.
   * @default - that of the endpoints, or 'namespace' where none has one
   */
  readonly tenancyLabel?: string;
  /**
   * Replica labels beyond those of the endpoints.
   * @default - none
   */
  readonly replicaLabels?: readonly string[];
  /** @default 2 */
  readonly replicas?: number;
  /**
   * Longest time one query may take. The query frontend gives up after 28 s.
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;
  /**
   * Queries at once, in each replica.
   * @default 20
   */
  readonly maxConcurrent?: number;
  /** @default - 250m CPU and 512 MiB, at most 2 GiB */
  readonly resources?: ContainerResources;
  /**
   * Image of Thanos. The arguments are checked against version 0.42.4.
   * @default - quay.io/thanos/thanos in the tested version
   */
  readonly image?: string;
  /**
   * Further arguments, each as one text such as `--query.lookback-delta=5m`. One that is unknown,
   * deprecated or set already throws.
   * @default - none
   */
  readonly extraArgs?: readonly string[];
}

const ENDPOINTS_FOLDER = '/etc/thanos/endpoints';

/** The Thanos querier: one view over all stores, which only the query frontend may reach. */
export class ThanosQuerier extends Construct {
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
  /** The Deployment. */
  readonly deployment: k8s.KubeDeployment;
  /** The Service. */
  readonly service: k8s.KubeService;
  /** The list of endpoints. */
  readonly endpointsFile: HashedConfigMap;

  constructor(scope: Construct, id: string, props: ThanosQuerierProps) {
    super(scope, id);
    const subject = `ThanosQuerier ${this.node.path}`;
    this.name = props.name ?? 'thanos-querier';
    this.tenancyLabel = resolveTenancyLabel(subject, props);
    this.endpoints = [...props.endpoints];
    this.replicaLabels = [
      ...new Set([...replicaLabelsOf(this.endpoints), ...(props.replicaLabels ?? [])]),
    ].toSorted();
    this.queryUrl = `http://${this.name}:${this.queryPort.port}`;
    if (this.endpoints.length === 0) {
      throw new SynthError(subject, 'has no endpoint to ask', 'pass at least one store');
    }
    refuseTenancyLabelAmong(`${subject} replicaLabels`, this.tenancyLabel, this.replicaLabels);

    const identity = {
      component: 'thanos-querier',
      instance: this.name,
      software: 'thanos',
      version: THANOS_VERSION,
    };
    const labels = objectLabels(identity);
    const podLabels = selectorLabels(identity);
    const replicas = props.replicas ?? 2;
    this.pods = { component: identity.component, podLabels, metricsPorts: [THANOS_HTTP] };
    addServiceAccount(this, this.name, labels);
    this.endpointsFile = new HashedConfigMap(this, 'endpoints', {
      prefix: `${this.name}-endpoints`,
      data: { [ENDPOINTS_FILE_NAME]: printEndpointsFile(this.endpoints) },
      labels,
    });
    this.deployment = new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name: this.name, labels },
      spec: {
        replicas,
        selector: { matchLabels: podLabels },
        strategy: { rollingUpdate: { maxUnavailable: k8s.IntOrString.fromNumber(0) } },
        template: {
          metadata: { labels },
          spec: this.#podSpec(podLabels, this.#args(subject, props), props),
        },
      },
    });
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name: this.name, labels },
      spec: { selector: podLabels, ports: thanosServicePorts() },
    });
    addDisruptionBudget(this, { name: this.name, replicas, podLabels, labels });
  }

  #args(subject: string, props: ThanosQuerierProps): string[] {
    const args = new ThanosArgs('query', subject)
      .value('log.format', 'json')
      .value('http-address', `0.0.0.0:${THANOS_HTTP.port}`)
      .value('grpc-address', `0.0.0.0:${THANOS_GRPC.port}`)
      .enable('enable-auto-gomemlimit')
      .enable('web.disable-cors')
      .value('endpoint.sd-config-file', `${ENDPOINTS_FOLDER}/${ENDPOINTS_FILE_NAME}`)
      .value('query.timeout', printDuration(props.timeout ?? Duration.seconds(30)))
      .value('query.max-concurrent', props.maxConcurrent ?? 20)
      .enable('query.auto-downsampling');
    for (const label of this.replicaLabels) args.value('query.replica-label', label);
    return args.extra(props.extraArgs ?? []).toArray();
  }

  #podSpec(
    podLabels: Record<string, string>,
    args: readonly string[],
    props: ThanosQuerierProps,
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
          name: 'thanos-query',
          image: props.image ?? THANOS_IMAGE,
          args,
          resources: props.resources ?? {
            cpu: Cpu.millis(250),
            memory: Size.mebibytes(512),
            memoryLimit: Size.gibibytes(2),
          },
          mounts: [{ name: 'endpoints', mountPath: ENDPOINTS_FOLDER, readOnly: true }],
          startup: { periodSeconds: 2, failureThreshold: 60 },
        }),
      ],
      volumes: [{ name: 'endpoints', configMap: { name: this.endpointsFile.name } }],
    };
  }
}

function resolveTenancyLabel(subject: string, props: ThanosQuerierProps): TenancyLabel {
  const carried = props.endpoints.flatMap(({ storeAddress, tenancyLabel }) =>
    tenancyLabel === undefined ? [] : [[storeAddress, tenancyLabel] as const],
  );
  const label = props.tenancyLabel ?? carried[0]?.[1] ?? DEFAULT_TENANCY_LABEL;
  const own = requireTenancyLabel(subject, label);
  refuseSeveralTenancyLabels(subject, { 'the querier': own, ...Object.fromEntries(carried) });
  return own;
}
