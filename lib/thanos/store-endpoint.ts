import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { NetworkDestination } from '../network/network-destination.ts';
import type { PodConnection } from '../network/network-part.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import type { GrpcTls } from './grpc-tls.ts';

/**
 * Something that answers the Store API: a sidecar, a store gateway, a ruler, a receiver.
 *
 * A querier that is given one derives from it the address it asks, the labels it deduplicates by
 * and the network policy that lets it through.
 */
export interface StoreEndpoint {
  /**
   * A DNS SRV name relative to the namespace, such as `dnssrv+_grpc._tcp.thanos-store-gateway`.
   * Relative, so that an overlay which moves the installation to another namespace need not edit it.
   */
  readonly storeAddress: string;
  /**
   * The label that carries the tenant on the series it makes, or `undefined` where it serves what
   * others made.
   */
  readonly tenancyLabel: TenancyLabel | undefined;
  /** Labels that tell the replicas of the same series apart. */
  readonly replicaLabels: readonly string[];
  /** The pods behind the address. */
  readonly storePods: PodGroup;
  /** The port of the Store API on those pods. */
  readonly storePort: PodPort;
  /** Whether those pods read or write the object store. */
  readonly usesObjstore: boolean;
  /**
   * What those pods connect to among the platform's pods, such as a cache.
   * @default - nothing
   */
  readonly connections?: readonly PodConnection[];
  /**
   * What they connect to outside of the platform's pods, beside the object store.
   * @default - nothing
   */
  readonly destinations?: readonly NetworkDestination[];
  /**
   * The certificates that those pods show and ask for.
   * @default - none: plain gRPC
   */
  readonly grpcTls?: GrpcTls | undefined;
}

/** The address of a named port behind a headless Service, in the form that Thanos resolves. */
export function srvAddress(service: string, port: PodPort): string {
  return `dnssrv+_${port.name}._tcp.${service}`;
}
