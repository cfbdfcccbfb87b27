import { type Fault, platformObject, QUERIER_LABELS } from './fault.ts';
import { FLAG_FAULTS } from './flag-faults.ts';
import { NETWORK_FAULTS } from './network-faults.ts';

const QUERIER: readonly [string, string] = ['Deployment', 'thanos-querier'];
const POD = ['spec', 'template', 'spec'] as const;
const CONTAINER = [...POD, 'containers', 0] as const;

/** A mistake of each kind, and more than one where a check looks at more than one thing. */
export const FAULTS: readonly Fault[] = [
  ...FLAG_FAULTS,
  ...NETWORK_FAULTS,
  {
    check: 'volumes',
    what: 'a mount without its volume',
    of: QUERIER,
    at: [...CONTAINER, 'volumeMounts', 0, 'name'],
    value: 'endpoint',
    says: /mounts endpoint, which is no volume of it/,
  },
  {
    check: 'configuration',
    what: 'a ConfigMap that does not exist',
    of: QUERIER,
    at: [...POD, 'volumes', 0, 'configMap', 'name'],
    value: 'thanos-querier-endpoints',
    says: /refers to ConfigMap thanos-querier-endpoints, which does not exist/,
  },
  {
    check: 'configuration',
    what: 'a key that its ConfigMap lacks',
    of: QUERIER,
    at: [...POD, 'volumes', 0, 'configMap', 'items'],
    value: [{ key: 'endpoints.json', path: 'endpoints.json' }],
    says: /for endpoints\.json, which it lacks/,
  },
  {
    check: 'configuration',
    what: 'a Secret that nobody is said to make',
    of: ['Prometheus', 'tenancy'],
    at: ['spec', 'volumes', 0, 'secret', 'secretName'],
    value: 'objstore',
    says: /refers to Secret objstore, which does not exist/,
  },
  {
    check: 'serviceAccounts',
    what: 'a ServiceAccount that does not exist',
    of: ['ServiceAccount', 'thanos-querier'],
    says: /runs as ServiceAccount thanos-querier, which does not exist/,
  },
  {
    check: 'bindings',
    what: 'a binding for a ServiceAccount of another namespace',
    of: ['ClusterRoleBinding', 'prometheus-tenancy-kit-tenant-query-frontend-reviews'],
    at: ['subjects', 0, 'namespace'],
    value: 'observability',
    says: /binds \{.*"observability"\}, who does not exist/,
  },
  {
    check: 'bindings',
    what: 'a binding of a role that does not exist',
    of: ['ClusterRole', 'prometheus-tenancy-kit-tenant-query-frontend-reviews'],
    says: /binds ClusterRole .*, which does not exist/,
  },
  {
    check: 'ports',
    what: 'two ports of one name',
    of: QUERIER,
    at: [...CONTAINER, 'ports', 1, 'name'],
    value: 'http',
    says: /has two ports called http/,
  },
  {
    check: 'ports',
    what: 'a probe where nobody listens',
    of: QUERIER,
    at: [...CONTAINER, 'readinessProbe', 'httpGet', 'port'],
    value: 'web',
    says: /is probed on web, where it does not listen/,
  },
  {
    check: 'disruptionBudgets',
    what: 'a budget that lets nobody go',
    of: ['PodDisruptionBudget', 'thanos-querier'],
    at: ['spec'],
    value: { minAvailable: 2, selector: { matchLabels: QUERIER_LABELS } },
    says: /PodDisruptionBudget monitoring\/thanos-querier lets none of 2 pods go/,
  },
  {
    check: 'disruptionBudgets',
    what: 'a budget for nobody',
    of: ['PodDisruptionBudget', 'thanos-querier'],
    at: ['spec', 'selector', 'matchLabels', 'app.kubernetes.io/instance'],
    value: 'querier',
    says: /PodDisruptionBudget monitoring\/thanos-querier selects no pod/,
  },
  {
    check: 'duplicates',
    what: 'an object that is there twice',
    added: platformObject('policy/v1', 'PodDisruptionBudget', 'thanos-querier', {
      maxUnavailable: 1,
      selector: { matchLabels: QUERIER_LABELS },
    }),
    says: /PodDisruptionBudget monitoring\/thanos-querier is there twice/,
  },
  {
    check: 'workloads',
    what: 'a workload that does not select its own pods',
    of: QUERIER,
    at: ['spec', 'selector', 'matchLabels', 'app.kubernetes.io/instance'],
    value: 'querier',
    says: /does not select its own pods/,
  },
  {
    check: 'workloads',
    what: 'a workload that selects by a version',
    of: QUERIER,
    at: ['spec', 'selector', 'matchLabels', 'app.kubernetes.io/version'],
    value: 'v0.42.4',
    says: /selects by a version/,
  },
  {
    check: 'workloads',
    what: 'a StatefulSet without its Service',
    of: ['StatefulSet', 'thanos-store-gateway'],
    at: ['spec', 'serviceName'],
    value: 'thanos-store',
    says: /names its pods by thanos-store, which is no headless Service/,
  },
  {
    check: 'autoscalers',
    what: 'an autoscaler of nothing',
    added: platformObject('autoscaling/v2', 'HorizontalPodAutoscaler', 'planted', {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'querier' },
    }),
    says: /scales Deployment querier, which does not exist/,
  },
  {
    check: 'admission',
    what: 'a policy that is bound to nothing',
    of: ['ValidatingAdmissionPolicyBinding', 'prometheus-tenancy-kit-servicemonitors'],
    says: /prometheus-tenancy-kit-servicemonitors is bound to nothing/,
  },
  {
    check: 'admission',
    what: 'a policy that does not spare the platform',
    of: ['ValidatingAdmissionPolicyBinding', 'prometheus-tenancy-kit-servicemonitors'],
    at: ['spec', 'matchResources', 'namespaceSelector', 'matchExpressions', 0, 'values'],
    value: ['kube-system'],
    says: /does not spare the platform in monitoring/,
  },
  ...(
    [
      ['the rights of root', ['securityContext', 'runAsUser'], 0, /may run as root/],
      [
        'a container that may gain privileges',
        ['containers', 0, 'securityContext', 'allowPrivilegeEscalation'],
        undefined,
        /may gain privileges/,
      ],
      [
        'a privileged container',
        ['containers', 0, 'securityContext', 'privileged'],
        true,
        /is privileged/,
      ],
      [
        'capabilities',
        ['containers', 0, 'securityContext', 'capabilities'],
        { drop: ['ALL'], add: ['NET_ADMIN'] },
        /keeps capabilities/,
      ],
      ['no seccomp profile', ['securityContext', 'seccompProfile'], undefined, /no seccomp/],
      ['the network of the node', ['hostNetwork'], true, /sets hostNetwork/],
      ['a port of the node', ['containers', 0, 'ports', 0, 'hostPort'], 80, /a port of its node/],
      [
        'a folder of the node',
        ['volumes', 0],
        { name: 'endpoints', hostPath: { path: '/' } },
        /a volume of kind hostPath/,
      ],
    ] as const
  ).map(([what, path, value, says]): Fault => ({
    check: 'podSecurity',
    what: `a pod with ${what}`,
    of: QUERIER,
    at: [...POD, ...path],
    value,
    says,
  })),
];
