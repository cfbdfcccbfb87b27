import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { PLATFORM_SCRAPE_CLASS } from '../prometheus/reserved-names.ts';
import { PLATFORM_SCRAPE_LABELS } from './platform-scrape-labels.ts';
import {
  namespaceRelabelings,
  type ScrapedPods,
  tlsFields,
  WITHOUT_INIT_CONTAINERS,
} from './scraped-pods.ts';

/**
 * Adds a ScrapeConfig for pods.
 *
 * ServiceMonitors and PodMonitors will not do: the kit's Prometheus takes these from tenants, in
 * tenants' namespaces alone, and keeps each to its own namespace.
 */
export function addPodScrape(scope: Construct, pods: ScrapedPods): ApiObject {
  const { labels, metricRelabelings, name, namespace, podLabels, tls } = pods;
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
      ...(tls !== undefined && { scheme: 'HTTPS', tlsConfig: tlsFields(tls) }),
      relabelings: relabelings(pods),
      ...(metricRelabelings !== undefined && { metricRelabelings: [...metricRelabelings] }),
    },
  });
}

function relabelings(pods: ScrapedPods): readonly object[] {
  const pod = '__meta_kubernetes_pod';
  return [
    { action: 'drop', sourceLabels: [`${pod}_phase`], regex: '(Failed|Succeeded)' },
    WITHOUT_INIT_CONTAINERS,
    {
      action: 'keep',
      sourceLabels: [`${pod}_container_port_name`],
      regex: `(${pods.portNames.join('|')})`,
    },
    { action: 'replace', sourceLabels: [`${pod}_name`], targetLabel: 'pod' },
    { action: 'replace', sourceLabels: [`${pod}_container_name`], targetLabel: 'container' },
    ...namespaceRelabelings(pods),
  ];
}
