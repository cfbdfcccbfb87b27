import type { Manifest } from '../../../lib/support/manifests.ts';
import type { TestCluster } from '../../harness/kubernetes.ts';
import { forPlatform } from '../../harness/prometheus-resource.ts';

/** The Prometheus of a cluster, as its people would have set it up: it knows nothing of tenants. */
export const OTHER_PROMETHEUS: { readonly namespace: string; readonly name: string } = {
  namespace: 'cluster-monitoring',
  name: 'cluster',
};

/** The label that its selectors ask for. */
export const RELEASE: Readonly<Record<string, string>> = { release: 'cluster' };

/** Makes its namespace, its ServiceAccount with the rights to discover, and its resource. */
export async function addOtherPrometheus(cluster: TestCluster): Promise<void> {
  const { name, namespace } = OTHER_PROMETHEUS;
  await cluster.createNamespace(namespace);
  await cluster.createServiceAccount(namespace, name);
  const verbs = ['get', 'list', 'watch'];
  await cluster.createClusterRole(name, [
    { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
  ]);
  await cluster.bindClusterRole(name, { kind: 'ServiceAccount', name, namespace });
  const token = await cluster.requestToken(namespace, name);
  await cluster.apply([{ ...resource(cluster, token) }]);
}

// What it takes, it takes by a label, from every namespace.
function resource(cluster: TestCluster, bearerToken: string): Manifest {
  const { name, namespace } = OTHER_PROMETHEUS;
  const labelled = { matchLabels: RELEASE };
  return forPlatform({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      serviceAccountName: name,
      scrapeInterval: '500ms',
      scrapeTimeout: '500ms',
      serviceMonitorSelector: labelled,
      serviceMonitorNamespaceSelector: {},
      podMonitorSelector: labelled,
      podMonitorNamespaceSelector: {},
      ruleSelector: labelled,
      ruleNamespaceSelector: {},
      apiserverConfig: {
        host: cluster.url,
        bearerToken,
        tlsConfig: { caFile: cluster.caFile },
      },
    },
  });
}
