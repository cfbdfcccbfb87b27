import { Size } from 'cdk8s';
import { Cpu, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { addDisruptionBudget, spreadEvenly } from '../availability.ts';
import { MEMCACHED_IMAGE } from '../images.ts';
import { objectLabels, selectorLabels } from '../labels.ts';
import type { NetworkPart, PodConnection } from '../network/network-part.ts';
import { LONGEST_STATEFUL_NAME, refuseUnfitName } from '../object-name.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { type PodPlacement, placementFields, podMetadata } from '../pod-placement.ts';
import { NOBODY, restrictedContainer, restrictedPod } from '../pod-security.ts';
import { type ContainerResources, toResourceRequirements } from '../resources.ts';
import { addServiceAccount } from '../service-account.ts';
import { SynthError } from '../synth-error.ts';
import { printBytes } from '../units.ts';
import { addThanosService } from './service.ts';
import { srvAddress } from './store-endpoint.ts';

/** A memcached that a cache of Thanos can use. */
export interface MemcachedServer {
  /** The address in the form that Thanos resolves, relative to the namespace. */
  readonly cacheAddress: string;
  /** The largest item that it takes. */
  readonly maxItemSize: Size;
  /** The pods behind the address and their port, for network policies. */
  readonly connection: PodConnection;
}

/** Settings of a {@link Memcached}. */
export interface MemcachedProps extends PodPlacement {
  /**
   * Name of the StatefulSet and its Service.
   * @default 'thanos-memcached'
   */
  readonly name?: string;
  /** @default 2 */
  readonly replicas?: number;
  /**
   * Memory for items, in each replica.
   * @default Size.mebibytes(512)
   */
  readonly memory?: Size;
  /**
   * The largest item, at most half of `memory`. Both ends are told.
   * @default Size.mebibytes(1)
   */
  readonly maxItemSize?: Size;
  /**
   * Connections at once, of each replica.
   * @default 4_096
   */
  readonly maxConnections?: number;
  /** @default - 100m CPU, and a quarter more memory than the items take */
  readonly resources?: ContainerResources;
  /** @default - docker.io/library/memcached in the tested version */
  readonly image?: string;
  /** @default - that of the cluster */
  readonly priorityClassName?: string;
}

/** The port of memcached. */
const MEMCACHED_PORT: PodPort = { name: 'memcached', port: 11_211 };

/**
 * A memcached for the caches of Thanos. It has neither passwords nor tenants: network policies let in
 * the store gateway and the query frontend of Thanos, and nobody else.
 */
export class Memcached extends Construct implements MemcachedServer, NetworkPart {
  /** Name of the StatefulSet and its Service. */
  readonly name: string;
  readonly cacheAddress: string;
  readonly maxItemSize: Size;
  readonly connection: PodConnection;
  readonly pods: PodGroup;
  /** It connects to nothing. */
  readonly connections: readonly PodConnection[] = [];
  /** It does not reach the object store. */
  readonly usesObjstore: boolean = false;
  /** The StatefulSet. */
  readonly statefulSet: k8s.KubeStatefulSet;
  /** The headless Service. */
  readonly service: k8s.KubeService;

  constructor(scope: Construct, id: string, props: MemcachedProps = {}) {
    super(scope, id);
    const memory = props.memory ?? Size.mebibytes(512);
    this.name = props.name ?? 'thanos-memcached';
    refuseUnfitName(this.name, LONGEST_STATEFUL_NAME);
    this.maxItemSize = props.maxItemSize ?? Size.mebibytes(1);
    this.cacheAddress = srvAddress(this.name, MEMCACHED_PORT);
    const identity = {
      component: 'thanos-memcached',
      instance: this.name,
      software: 'memcached',
    };
    const labels = objectLabels(identity);
    const podLabels = selectorLabels(identity);
    this.pods = { component: identity.component, podLabels, metricsPorts: [] };
    this.connection = { to: this.pods, port: MEMCACHED_PORT };
    const subject = `Memcached ${this.node.path}`;
    refuseLargeItems(subject, this.maxItemSize, memory);
    const resources = resolveResources(subject, memory, props.resources);
    const replicas = props.replicas ?? 2;

    addServiceAccount(this, this.name, labels);
    this.service = addThanosService(
      this,
      { name: this.name, labels, podLabels },
      // Thanos does not start while the name has no address, so those of pods that start count, too.
      { isHeadless: true, namesUnready: true, ports: [MEMCACHED_PORT] },
    );
    this.statefulSet = new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { name: this.name, labels },
      spec: {
        serviceName: this.name,
        replicas,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: podLabels },
        template: {
          metadata: podMetadata(labels, props),
          spec: {
            serviceAccountName: this.name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: restrictedPod(NOBODY),
            ...(props.priorityClassName === undefined
              ? {}
              : { priorityClassName: props.priorityClassName }),
            ...placementFields(props),
            topologySpreadConstraints: spreadEvenly(podLabels),
            containers: [
              memcachedContainer(props.image ?? MEMCACHED_IMAGE, resources, [
                `--memory-limit=${memory.toMebibytes()}`,
                `--max-item-size=${this.maxItemSize.toKibibytes()}k`,
                `--conn-limit=${props.maxConnections ?? 4_096}`,
              ]),
            ],
          },
        },
      },
    });
    addDisruptionBudget(this, { name: this.name, replicas, podLabels, labels });
  }
}

/** What the file of a cache says about a memcached. */
export function memcachedConfig(server: MemcachedServer): Readonly<Record<string, unknown>> {
  return {
    addresses: [server.cacheAddress],
    timeout: '500ms',
    max_idle_connections: 100,
    max_async_concurrency: 20,
    max_async_buffer_size: 10_000,
    max_get_multi_concurrency: 100,
    max_get_multi_batch_size: 100,
    max_item_size: printBytes(server.maxItemSize),
    dns_provider_update_interval: '10s',
  };
}

function refuseLargeItems(subject: string, item: Size, memory: Size): void {
  if (item.toKibibytes() >= 1 && item.toKibibytes() * 2 <= memory.toKibibytes()) return;
  throw new SynthError(
    `${subject} maxItemSize`,
    'is below 1 KiB or above half of the memory, with which memcached does not start',
    'set it between them, or raise memory',
  );
}

function resolveResources(
  subject: string,
  memory: Size,
  given: ContainerResources | undefined,
): ContainerResources {
  const whole = Size.mebibytes(Math.ceil(memory.toMebibytes() * 1.25) + 32);
  const resources = given ?? { cpu: Cpu.millis(100), memory: whole, memoryLimit: whole };
  if (resources.memoryLimit.toKibibytes() > memory.toKibibytes()) return resources;
  throw new SynthError(
    subject,
    'its items fill the memory limit, so the pod would be killed',
    'raise resources.memoryLimit above memory',
  );
}

function memcachedContainer(
  image: string,
  resources: ContainerResources,
  args: readonly string[],
): k8s.Container {
  const { name, port } = MEMCACHED_PORT;
  const probe = (periodSeconds: number, failureThreshold: number): k8s.Probe => ({
    tcpSocket: { port: k8s.IntOrString.fromString(name) },
    periodSeconds,
    failureThreshold,
  });
  return {
    name: 'memcached',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [`--port=${port}`, ...args],
    ports: [{ name, containerPort: port, protocol: 'TCP' }],
    resources: toResourceRequirements(resources),
    securityContext: restrictedContainer(),
    startupProbe: probe(2, 30),
    livenessProbe: probe(30, 4),
    readinessProbe: probe(5, 3),
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}
