import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';

/** Spreads the pods over nodes and zones where the cluster has more than one of them. */
export function spreadEvenly(
  podLabels: Readonly<Record<string, string>>,
): k8s.TopologySpreadConstraint[] {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...podLabels } },
  }));
}

/** Settings of {@link addDisruptionBudget}. */
export interface DisruptionBudgetProps {
  /** Name of the budget, equal to its workload's. */
  readonly name: string;
  /** Replicas of the workload. */
  readonly replicas: number;
  /** Labels that select the pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Labels of the budget itself. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Lets a node drain take one pod at a time.
 *
 * A workload of one replica gets no budget: one would block the drain and protect nothing.
 */
export function addDisruptionBudget(
  scope: Construct,
  props: DisruptionBudgetProps,
): k8s.KubePodDisruptionBudget | undefined {
  if (props.replicas < 2) return undefined;
  return new k8s.KubePodDisruptionBudget(scope, 'disruption-budget', {
    metadata: { name: props.name, labels: { ...props.labels } },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: { ...props.podLabels } },
    },
  });
}
