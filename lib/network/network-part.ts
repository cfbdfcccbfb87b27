import type { PodGroup, PodPort } from '../pod-group.ts';
import type { NetworkDestination } from './network-destination.ts';

/** A connection that pods open to other pods of the platform. */
export interface PodConnection {
  /** The pods that are connected to. */
  readonly to: PodGroup;
  /** The port on those pods. */
  readonly port: PodPort;
}

/**
 * Pods of the platform and what they connect to.
 *
 * Each connection makes two rules: the way out of the one, and the way in to the other.
 */
export interface NetworkPart {
  /** The pods. The Prometheus that watches the platform may always reach their metrics ports. */
  readonly pods: PodGroup;
  /** What they connect to among the platform's pods. */
  readonly connections: readonly PodConnection[];
  /** Whether they read or write the object store. */
  readonly usesObjstore: boolean;
  /**
   * What they connect to outside of the platform's pods, beside the object store.
   * @default - nothing
   */
  readonly destinations?: readonly NetworkDestination[];
}

/** Whether two groups are the same pods. */
export function isSameGroup(a: PodGroup, b: PodGroup): boolean {
  return printLabels(a) === printLabels(b);
}

function printLabels(group: PodGroup): string {
  return JSON.stringify(Object.entries(group.podLabels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
