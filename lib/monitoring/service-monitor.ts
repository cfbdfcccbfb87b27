import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { printDuration } from '../units.ts';
import {
  namespaceRelabelings,
  type ScrapedPods,
  tlsFields,
  WITHOUT_INIT_CONTAINERS,
} from './scraped-pods.ts';
import { hasServiceInFront } from './service-in-front.ts';
import type { OtherPrometheus } from './watching-prometheus.ts';

/**
 * Adds a ServiceMonitor for pods behind a Service of the kit, or a PodMonitor where there is none.
 *
 * Both name the port of the container: a Service need not have it, and that of the frontend must not, for
 * it is the one that tenants use. Targets get the labels that a ScrapeConfig would give them and no other:
 * so nothing that a pod exposes is moved out of the way of one, and a pod behind two Services is one
 * target.
 */
export function addMonitor(scope: Construct, pods: ScrapedPods, by: OtherPrometheus): ApiObject {
  const { labels, name, namespace, podLabels, portNames } = pods;
  // The Services of other namespaces are none of the kit's.
  const isBehindService = namespace === undefined && hasServiceInFront(scope, podLabels);
  const endpoints = portNames.map((port) => ({
    [isBehindService ? 'targetPort' : 'port']: port,
    ...endpointFields(pods, by),
    relabelings: [
      WITHOUT_INIT_CONTAINERS,
      { action: 'replace', targetLabel: 'job', replacement: name },
      ...namespaceRelabelings(pods),
      { action: 'labeldrop', regex: 'endpoint|service' },
    ],
  }));
  return new ApiObject(scope, `monitor-${name}`, {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: isBehindService ? 'ServiceMonitor' : 'PodMonitor',
    metadata: { name, labels: { ...by.labels, ...labels } },
    spec: {
      // No namespace for its own: an overlay that moves the installation would not rewrite it.
      ...(namespace !== undefined && { namespaceSelector: { matchNames: [namespace] } }),
      selector: { matchLabels: { ...podLabels } },
      [isBehindService ? 'endpoints' : 'podMetricsEndpoints']: endpoints,
    },
  });
}

function endpointFields(
  { metricRelabelings, tls }: ScrapedPods,
  { interval }: OtherPrometheus,
): object {
  return {
    ...(interval !== undefined && { interval: printDuration(interval) }),
    ...(tls !== undefined && { scheme: 'https', tlsConfig: tlsFields(tls) }),
    ...(metricRelabelings !== undefined && { metricRelabelings: [...metricRelabelings] }),
  };
}
