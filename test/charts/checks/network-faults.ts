import { type Fault, platformObject, QUERIER_LABELS } from './fault.ts';

/** Mistakes in who reaches whom. */
export const NETWORK_FAULTS: readonly Fault[] = [
  {
    check: 'services',
    what: 'a Service whose selector matches no pod',
    of: ['Service', 'thanos-querier'],
    at: ['spec', 'selector', 'app.kubernetes.io/component'],
    value: 'thanos-query',
    says: /Service monitoring\/thanos-querier selects no pod/,
  },
  {
    check: 'services',
    what: 'a Service that sends to a port without a name in its pods',
    of: ['Service', 'thanos-querier'],
    at: ['spec', 'ports', 0, 'targetPort'],
    value: 'web',
    says: /port web, which its pods lack/,
  },
  {
    check: 'monitors',
    what: 'a ServiceMonitor that selects nothing',
    added: platformObject('monitoring.coreos.com/v1', 'ServiceMonitor', 'planted', {
      selector: { matchLabels: { app: 'nothing' } },
      endpoints: [{ port: 'http' }],
    }),
    says: /ServiceMonitor monitoring\/planted selects no Service/,
  },
  {
    check: 'monitors',
    what: 'a ServiceMonitor of a port that its Service lacks',
    added: platformObject('monitoring.coreos.com/v1', 'ServiceMonitor', 'planted', {
      selector: { matchLabels: QUERIER_LABELS },
      endpoints: [{ port: 'metrics' }],
    }),
    says: /scrapes port metrics, which no Service has/,
  },
  {
    check: 'monitors',
    what: 'a PodMonitor of a port that its pods lack',
    added: platformObject('monitoring.coreos.com/v1', 'PodMonitor', 'planted', {
      selector: { matchLabels: QUERIER_LABELS },
      podMetricsEndpoints: [{ port: 'metrics' }],
    }),
    says: /scrapes port metrics, which no pod has/,
  },
  {
    check: 'networkPolicies',
    what: 'a NetworkPolicy that selects no pod',
    of: ['NetworkPolicy', 'prometheus-tenancy-kit-thanos-querier'],
    at: ['spec', 'podSelector', 'matchLabels', 'app.kubernetes.io/instance'],
    value: 'querier',
    says: /thanos-querier selects no pod/,
  },
  {
    check: 'networkPolicies',
    what: 'a NetworkPolicy that opens a port where nobody listens',
    of: ['NetworkPolicy', 'prometheus-tenancy-kit-thanos-querier'],
    at: ['spec', 'ingress', 0, 'ports', 0, 'port'],
    value: 9090,
    says: /opens port 9090, where no pod listens/,
  },
  {
    check: 'networkPolicies',
    what: 'a NetworkPolicy for the pods of another namespace than the one they are in',
    of: ['NetworkPolicy', 'metrics-prometheus-only'],
    at: ['spec', 'ingress', 0, 'from', 0, 'namespaceSelector', 'matchLabels'],
    value: { 'kubernetes.io/metadata.name': 'observability' },
    says: /NetworkPolicy team-a\/metrics-prometheus-only names a peer that is nobody/,
  },
  {
    check: 'addresses',
    what: 'an SRV record of a Service that is not headless',
    of: ['Service', 'thanos-store-gateway'],
    at: ['spec', 'clusterIP'],
    says: /looks up dnssrv\+_grpc\._tcp\.thanos-store-gateway, which no headless Service answers/,
  },
  {
    check: 'addresses',
    what: 'an SRV record of a port that the Service lacks',
    of: ['Service', 'thanos-store-gateway'],
    at: ['spec', 'ports', 1, 'name'],
    value: 'store',
    says: /looks up dnssrv\+_grpc\._tcp\.thanos-store-gateway/,
  },
  {
    check: 'addresses',
    what: 'a data source that leads nowhere',
    of: ['Service', 'tenant-query-frontend'],
    at: ['metadata', 'namespace'],
    value: 'observability',
    says: /calls https:\/\/tenant-query-frontend\.monitoring\.svc:8443, where no Service listens/,
  },
];
