import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { PLATFORM_SCRAPE_CLASS, type Relabeling } from '../prometheus/reserved-names.ts';
import { PLATFORM_SCRAPE_LABELS } from './platform-scrape-labels.ts';

/** Settings of {@link addPodScrape}. */
export interface PodScrapeProps {
  /** Name of the object, and the value of the label `job`. */
  readonly name: string;
  /** The namespace of the pods, or `undefined` for that of Prometheus. */
  readonly namespace: string | undefined;
  /** Labels that select the pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Names of the container ports that answer metrics. */
  readonly portNames: readonly string[];
  /** Labels of targets that are set to the namespace of the pod. */
  readonly namespaceLabels: readonly string[];
  /**
   * What becomes of the series.
   * @default - they stay as they are
   */
  readonly metricRelabelings?: readonly Relabeling[];
  /** Labels of the object. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Adds a ScrapeConfig for pods.
 *
 * ServiceMonitors and PodMonitors will not do: the kit's Prometheus takes these from tenants, in
 * tenants' namespaces alone, and keeps each to its own namespace.
 */
export function addPodScrape(scope: Construct, props: PodScrapeProps): ApiObject {
  const { labels, metricRelabelings, name, namespace, podLabels } = props;
  const selector = Object.entries(podLabels).map(([label, value]) => `${label}=${value}`);
  return new ApiObject(scope, `scrape-${name}`, {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: { name, labels: { ...labels, ...PLATFORM_SCRAPE_LABELS } },
    spec: {
      jobName: name,
      scrapeClass: PLATFORM_SCRAPE_CLASS,
      kubernetesSDConfigs: [
        {
          role: 'Pod',
          // No name for its own: an overlay that moves the installation would not rewrite it.
          namespaces: namespace === undefined ? { ownNamespace: true } : { names: [namespace] },
          selectors: [{ role: 'Pod', label: selector.join(',') }],
        },
      ],
      relabelings: relabelings(props),
      ...(metricRelabelings !== undefined && { metricRelabelings: [...metricRelabelings] }),
    },
  });
}

function relabelings({ namespaceLabels, portNames }: PodScrapeProps): readonly object[] {
  const pod = '__meta_kubernetes_pod';
  return [
    { action: 'drop', sourceLabels: [`${pod}_phase`], regex: '(Failed|Succeeded)' },
    {
      action: 'keep',
      sourceLabels: [`${pod}_container_port_name`],
      regex: `(${portNames.join('|')})`,
    },
    { sourceLabels: [`${pod}_name`], targetLabel: 'pod' },
    { sourceLabels: [`${pod}_container_name`], targetLabel: 'container' },
    ...namespaceLabels.map((targetLabel) => ({
      sourceLabels: ['__meta_kubernetes_namespace'],
      targetLabel,
    })),
  ];
}
