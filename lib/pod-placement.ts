import type { k8s } from 'cdk8s-plus-28';

/** Where pods run, and what the cluster has to know of them. */
export interface PodPlacement {
  /**
   * Labels that a node must have to run the pods.
   * @default - any node
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * Taints of nodes that the pods put up with.
   * @default - none
   */
  readonly tolerations?: readonly k8s.Toleration[];
  /**
   * Which nodes, and the neighbourhood of which pods, are sought or shunned. The pods are spread over
   * nodes and zones without it.
   * @default - none
   */
  readonly affinity?: k8s.Affinity;
  /**
   * Names of the Secrets by which images are pulled. They must exist.
   * @default - none
   */
  readonly imagePullSecrets?: readonly string[];
  /**
   * Annotations of the pods, such as those that a service mesh reads.
   * @default - none
   */
  readonly podAnnotations?: Readonly<Record<string, string>>;
}

/** The fields of a pod that say where it runs. */
export function placementFields(
  placement: PodPlacement,
): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations' | 'affinity' | 'imagePullSecrets'> {
  const { affinity, imagePullSecrets, nodeSelector, tolerations } = placement;
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations === undefined ? {} : { tolerations: [...tolerations] }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(imagePullSecrets === undefined
      ? {}
      : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
  };
}

/** The metadata of pods. */
export function podMetadata(
  labels: Readonly<Record<string, string>>,
  { podAnnotations }: PodPlacement,
): { labels: Record<string, string>; annotations?: Record<string, string> } {
  return {
    labels: { ...labels },
    ...(podAnnotations === undefined ? {} : { annotations: { ...podAnnotations } }),
  };
}

/** The settings of a placement among others, for those who hand them on. */
export function placementOf(props: PodPlacement): PodPlacement {
  const { affinity, imagePullSecrets, nodeSelector, podAnnotations, tolerations } = props;
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
    ...(podAnnotations === undefined ? {} : { podAnnotations }),
  };
}
