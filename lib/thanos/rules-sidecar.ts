import type { k8s } from 'cdk8s-plus-28';
import type { NetworkDestination } from '../network/network-destination.ts';
import type { PodConnection } from '../network/network-part.ts';
import type { PodGroup } from '../pod-group.ts';

/** Where a container beside a ruler puts rules, and how it tells the ruler. */
export interface RulesPlace {
  /** Name of the volume that both mount. It is empty when the pod starts. */
  readonly volumeName: string;
  /** The folder in both containers. The ruler reads its files that end in `.yaml`, and none below. */
  readonly folder: string;
  /** Where a POST makes the ruler read them again. It is on the loopback of the pod. */
  readonly reloadUrl: string;
}

/** What such a container brings into the pod. */
export interface RulesSidecarParts {
  /** The container. It mounts `volumeName` and runs as the pod does. */
  readonly container: k8s.Container;
  /**
   * Volumes of its own.
   * @default - none
   */
  readonly volumes?: readonly k8s.Volume[];
  /**
   * What it connects to among the platform's pods.
   * @default - nothing
   */
  readonly connections?: readonly PodConnection[];
  /**
   * What it connects to outside of the platform's pods.
   * @default - nothing
   */
  readonly destinations?: readonly NetworkDestination[];
  /**
   * Ports on which it answers metrics.
   * @default - none
   */
  readonly metricsPorts?: PodGroup['metricsPorts'];
}

/** A container beside a ruler that brings it the rules of tenants, each confined to its tenant. */
export interface RulesSidecar {
  /** Makes the container for this place. */
  bindTo(place: RulesPlace): RulesSidecarParts;
}
