import { type AdmissionPolicy, MONITORING_GROUP } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { type AdmittedCallers, bothCallers, isAdmitted } from './admitted-callers.ts';
import { celAll, celString } from './cel.ts';

/** What runs a Prometheus, an Alertmanager or a ruler: of the platform alone. */
export const OPERATOR_INSTANCE_POLICY: AdmissionPolicy = {
  name: 'operator-instances',
  kinds: ['Prometheus', 'PrometheusAgent', 'ThanosRuler', 'Alertmanager'],
  resources: [
    {
      group: MONITORING_GROUP,
      versions: ['v1'],
      resources: ['prometheuses', 'thanosrulers', 'alertmanagers'],
    },
    { group: MONITORING_GROUP, versions: ['v1alpha1'], resources: ['prometheusagents'] },
  ],
  reach: 'tenants',
  releasedBy: 'spec',
  variables: [],
  rules: [
    {
      id: 'instance',
      message: 'Prometheus, PrometheusAgent, ThanosRuler and Alertmanager belong to the platform',
      why:
        'The operator reads the Secrets that monitors of all namespaces name, and writes them into the ' +
        'namespace of the instance that selects these monitors.',
      expression: 'false',
    },
  ],
};

const SYSTEM_CONTROLLERS: AdmittedCallers = {
  users: ['system:apiserver', 'system:kube-controller-manager'],
  serviceAccounts: [
    'endpoint-controller',
    'endpointslice-controller',
    'endpointslicemirroring-controller',
  ].map((name) => ({ namespace: 'kube-system', name })),
};

/** Who writes the addresses behind Services: Endpoints and EndpointSlices. */
export function endpointPolicies(settings: AdmissionSettings): readonly AdmissionPolicy[] {
  return [
    endpointPolicy(settings, {
      kind: 'Endpoints',
      group: '',
      fields: ['subsets'],
      labels: ['endpoints.kubernetes.io/managed-by', 'endpointslice.kubernetes.io/skip-mirror'],
    }),
    endpointPolicy(settings, {
      kind: 'EndpointSlice',
      group: 'discovery.k8s.io',
      fields: ['endpoints', 'ports'],
      labels: ['endpointslice.kubernetes.io/managed-by', 'kubernetes.io/service-name'],
    }),
  ];
}

interface EndpointKind {
  readonly kind: 'Endpoints' | 'EndpointSlice';
  readonly group: string;
  /** The fields that say where Prometheus scrapes. */
  readonly fields: readonly string[];
  /** The labels by which a controller knows what is its own. */
  readonly labels: readonly string[];
}

// It takes the owner out of what a deleted owner leaves behind.
const GARBAGE_COLLECTOR: AdmittedCallers = {
  serviceAccounts: [{ namespace: 'kube-system', name: 'generic-garbage-collector' }],
};

function endpointPolicy(
  { endpointWriters }: AdmissionSettings,
  { kind, group, fields, labels }: EndpointKind,
): AdmissionPolicy {
  const name = kind === 'Endpoints' ? 'endpoints' : 'endpointslices';
  const unchanged = fields.map(
    (field) => `object.?${field}.orValue([]) == oldObject.?${field}.orValue([])`,
  );
  return {
    name,
    kinds: [kind],
    resources: [{ group, versions: ['v1'], resources: [name] }],
    reach: 'tenants',
    releasedBy: 'rules',
    variables: [],
    rules: [
      {
        id: 'endpointAddresses',
        message: `addresses of ${kind} are written by the controllers of the cluster; give the Service a selector`,
        why: "Prometheus scrapes every address in them, that of another tenant's pod included.",
        // Whoever collects garbage or annotates changes no address.
        expression:
          `${isAdmitted(bothCallers(SYSTEM_CONTROLLERS, endpointWriters))} || ` +
          `(request.operation == "UPDATE" && ${celAll(unchanged)})`,
      },
      {
        id: 'endpointOwner',
        message: `of ${kind}, the labels ${labels.join(' and ')} and the owner are the controllers', and nobody else adds finalizers`,
        why:
          'What no controller follows any more keeps the addresses of pods that are gone, which those of ' +
          'another tenant get.',
        expression:
          'request.operation == "CREATE" || ' +
          `${isAdmitted(bothCallers(bothCallers(SYSTEM_CONTROLLERS, GARBAGE_COLLECTOR), endpointWriters))} || ` +
          `(${celAll([...labels.map(hasSameLabel), HAS_SAME_OWNERS, HAS_NO_NEW_FINALIZER])})`,
      },
    ],
  };
}

function hasSameLabel(key: string): string {
  const label = `metadata.?labels.orValue({})[?${celString(key)}]`;
  return `object.${label} == oldObject.${label}`;
}

// As a whole: of an owner of a kind that there is not, the garbage collector knows nothing.
const HAS_SAME_OWNERS =
  'object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([])';
const HAS_NO_NEW_FINALIZER =
  'object.metadata.?finalizers.orValue([]).all(it, it in oldObject.metadata.?finalizers.orValue([]))';

/** Who says which namespaces are tenants, and whose they are. */
export function namespaceLabelPolicy(settings: AdmissionSettings): AdmissionPolicy {
  const { guardedNamespaceLabels, namespaceLabellers } = settings;
  return {
    name: 'namespace-labels',
    kinds: ['Namespace'],
    // The labels of a Namespace can be changed by each of the three.
    resources: [
      {
        group: '',
        versions: ['v1'],
        resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
      },
    ],
    reach: 'cluster',
    releasedBy: 'rules',
    variables: [
      {
        name: 'isLabeller',
        expression:
          `${isAdmitted(namespaceLabellers)} || ` +
          'authorizer.group("*").resource("*").check("*").allowed()',
      },
      { name: 'labels', expression: 'object.metadata.?labels.orValue({})' },
      {
        name: 'labelsBefore',
        expression: 'request.operation == "UPDATE" ? oldObject.metadata.?labels.orValue({}) : {}',
      },
    ],
    rules: guardedNamespaceLabels.map((key) => ({
      id: 'namespaceLabel',
      message: `the label ${key} is set by the platform`,
      why: 'It decides whose series are whose.',
      expression: `variables.isLabeller || variables.labels[?${celString(key)}] == variables.labelsBefore[?${celString(key)}]`,
    })),
  };
}
