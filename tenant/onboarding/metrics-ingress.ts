import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { PodGroup } from '../../lib/pod-group.ts';

/** The label of pods that only Prometheus may connect to. */
export const METRICS_ONLY_LABEL = 'prometheus-tenancy-kit/metrics';

/** The value of {@link METRICS_ONLY_LABEL} that puts a pod behind the policy. */
export const METRICS_ONLY_VALUE = 'prometheus-only';

/** Settings of {@link addMetricsIngress}. */
export interface MetricsIngressProps {
  /** The tenant's namespace. */
  readonly namespace: string;
  /** Namespace of Prometheus. */
  readonly prometheusNamespace: string;
  /** Its pods. */
  readonly prometheusPods: PodGroup;
  /** Labels of the policy. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Lets only Prometheus connect to the tenant's pods that are labelled
 * `prometheus-tenancy-kit/metrics: prometheus-only`.
 *
 * Without it any pod of the cluster can read another tenant's metrics at their source. A network
 * policy denies everything that it does not allow, so it selects pods by a label of its own: a pod
 * that serves users on another port needs a rule for that port, which the tenant knows and the kit
 * does not.
 */
export function addMetricsIngress(
  scope: Construct,
  props: MetricsIngressProps,
): k8s.KubeNetworkPolicy {
  return new k8s.KubeNetworkPolicy(scope, 'metrics-ingress', {
    metadata: {
      name: 'metrics-prometheus-only',
      namespace: props.namespace,
      labels: { ...props.labels },
    },
    spec: {
      podSelector: { matchLabels: { [METRICS_ONLY_LABEL]: METRICS_ONLY_VALUE } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': props.prometheusNamespace },
              },
              podSelector: { matchLabels: { ...props.prometheusPods.podLabels } },
            },
          ],
        },
      ],
    },
  });
}
