import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { SynthError } from './synth-error.ts';

/** Between how many replicas a Deployment is scaled, by its use of CPU. It needs metrics-server. */
export interface Autoscaling {
  /**
   * Replicas that there are always. At least 2, so that a node can be drained.
   * @default 2
   */
  readonly minReplicas?: number;
  /** Replicas at most. */
  readonly maxReplicas: number;
  /**
   * The share of the requested CPU to keep to, in percent.
   * @default 70
   */
  readonly cpuPercent?: number;
}

/** Settings of {@link addAutoscaler}. */
export interface AutoscalerProps {
  /** Name of the autoscaler and of the Deployment. */
  readonly name: string;
  /** The bounds. */
  readonly autoscaling: Autoscaling;
  /** Labels of the autoscaler. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The replicas that a Deployment has at least, or a refusal of bounds that leave no room. */
export function leastReplicas(subject: string, autoscaling: Autoscaling): number {
  const least = autoscaling.minReplicas ?? 2;
  if (least >= 2 && autoscaling.maxReplicas >= least) return least;
  throw new SynthError(
    `${subject} autoscaling`,
    `scales from ${least} to ${autoscaling.maxReplicas} replicas`,
    'set minReplicas to at least 2, and maxReplicas not below it',
  );
}

/** Scales a Deployment. Its own number of replicas must then be left out, or an apply resets it. */
export function addAutoscaler(
  scope: Construct,
  props: AutoscalerProps,
): k8s.KubeHorizontalPodAutoscalerV2 {
  const { autoscaling, labels, name } = props;
  return new k8s.KubeHorizontalPodAutoscalerV2(scope, 'autoscaler', {
    metadata: { name, labels: { ...labels } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: autoscaling.minReplicas ?? 2,
      maxReplicas: autoscaling.maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: { type: 'Utilization', averageUtilization: autoscaling.cpuPercent ?? 70 },
          },
        },
      ],
    },
  });
}
