import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { Autoscaling } from '../autoscaling.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import {
  refuseSeveralTenancyLabels,
  refuseTenancyLabelAmong,
  requireTenancyLabel,
} from '../tenancy-labels.ts';
import { replicaLabelsOf } from './endpoints-file.ts';
import type { GrpcTls } from './grpc-tls.ts';
import type { StoreEndpoint } from './store-endpoint.ts';
import { isAtLeast } from './version.ts';
import {
  resolveWorkload,
  type ThanosWorkloadProps,
  type ThanosWorkloadSettings,
} from './workload-props.ts';

/** Settings of a `ThanosQuerier`. */
export interface ThanosQuerierProps extends ThanosWorkloadProps {
  /**
   * The stores it asks: sidecars, store gateways, rulers, receive. At least one. Either all of them
   * have certificates or none.
   */
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
   * Scales the replicas by their use of CPU, instead of `replicas`.
   * @default - none
   */
  readonly autoscaling?: Autoscaling;
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
  /**
   * Has the Service answer on port 9090 as well, where installations that came before us asked it. Network
   * policies let in nobody else for that.
   * @default false
   */
  readonly legacyPort?: boolean;
  /** @default - 250m CPU and 512 MiB, at most 2 GiB */
  readonly resources?: ContainerResources;
}

/** The settings with every default filled in. */
export interface QuerierSettings {
  readonly workload: ThanosWorkloadSettings;
  readonly name: string;
  readonly endpoints: readonly StoreEndpoint[];
  readonly tenancyLabel: TenancyLabel;
  readonly replicaLabels: readonly string[];
  readonly replicas: number;
  readonly autoscaling: Autoscaling | undefined;
  readonly timeout: Duration;
  readonly maxConcurrent: number;
  readonly legacyPort: boolean;
  /** The certificates of all endpoints. */
  readonly grpcTls: GrpcTls | undefined;
}

/** Name of the querier where none is named. */
export const DEFAULT_QUERIER_NAME = 'thanos-querier';

/** Fills in the defaults and refuses settings that contradict each other. */
export function resolveQuerier(subject: string, props: ThanosQuerierProps): QuerierSettings {
  const tenancyLabel = resolveTenancyLabel(subject, props);
  const replicaLabels = [
    ...new Set([...replicaLabelsOf(props.endpoints), ...(props.replicaLabels ?? [])]),
  ].toSorted();
  if (props.endpoints.length === 0) {
    throw new SynthError(subject, 'has no endpoint to ask', 'pass at least one store');
  }
  refuseTenancyLabelAmong(`${subject} replicaLabels`, tenancyLabel, replicaLabels);
  const settings: QuerierSettings = {
    workload: resolveWorkload(subject, props, {
      cpu: Cpu.millis(250),
      memory: Size.mebibytes(512),
      memoryLimit: Size.gibibytes(2),
    }),
    name: props.name ?? DEFAULT_QUERIER_NAME,
    endpoints: [...props.endpoints],
    tenancyLabel,
    replicaLabels,
    replicas: props.replicas ?? 2,
    autoscaling: props.autoscaling,
    timeout: props.timeout ?? Duration.seconds(30),
    maxConcurrent: props.maxConcurrent ?? 20,
    legacyPort: props.legacyPort ?? false,
    grpcTls: requireOneTls(subject, props.endpoints),
  };
  refuseTlsOfOldVersions(subject, settings);
  return settings;
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

// A store without certificates among stores with them is most likely a mistake, and an open door.
function requireOneTls(subject: string, endpoints: readonly StoreEndpoint[]): GrpcTls | undefined {
  const [first] = endpoints;
  const other = endpoints.find(({ grpcTls }) => grpcTls !== first?.grpcTls);
  if (first === undefined || other === undefined) return first?.grpcTls;
  throw new SynthError(
    `${subject} endpoints`,
    `${first.storeAddress} and ${other.storeAddress} do not have the same certificates`,
    'give one value of GrpcTls to every store, or to none',
  );
}

function refuseTlsOfOldVersions(subject: string, { grpcTls, workload }: QuerierSettings): void {
  if (grpcTls === undefined || isAtLeast(workload.version, '0.42')) return;
  throw new SynthError(
    `${subject} version`,
    `the list of endpoints says nothing of certificates in Thanos ${workload.version}`,
    'use version 0.42, or leave grpcTls out',
  );
}
