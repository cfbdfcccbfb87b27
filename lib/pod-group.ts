/** A port that the pods of a group listen on. */
export interface PodPort {
  /** Name of the container port, and of the Service port in front of it. */
  readonly name: string;
  /** The number. */
  readonly port: number;
}

/** Pods that play one role. Network policies and Services are written against it. */
export interface PodGroup {
  /** The role, such as `thanos-querier`. It names the policy of the group. */
  readonly component: string;
  /** The labels that select the pods, in the namespace of the platform. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The ports that answer metrics to Prometheus. */
  readonly metricsPorts: readonly PodPort[];
}
