import { type AdmissionPolicy, type AdmissionRule, MONITORING_GROUP } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { celAll, celList } from './cel.ts';
import { jobNameRule } from './probe-policy.ts';
import { relabelRules } from './relabel-rules.ts';
import {
  authenticationRules,
  bodySizeRule,
  federationRules,
  honorLabelsRule,
  nativeHistogramRules,
  proxyRule,
  type ScrapeFields,
  scrapeClassRule,
  sizeRule,
  timingRules,
} from './scrape-rules.ts';

const FIELDS: ScrapeFields = {
  every: (condition) => condition,
  scrape: 'object.spec',
  hasFiles: false,
  hasBearerSecret: false,
};

/** The ways to find targets that a ScrapeConfig has beside Kubernetes, each a field of its `spec`. */
export const OTHER_DISCOVERIES: readonly string[] = [
  'azureSDConfigs',
  'consulSDConfigs',
  'digitalOceanSDConfigs',
  'dnsSDConfigs',
  'dockerSDConfigs',
  'dockerSwarmSDConfigs',
  'ec2SDConfigs',
  'eurekaSDConfigs',
  'fileSDConfigs',
  'gceSDConfigs',
  'hetznerSDConfigs',
  'httpSDConfigs',
  'ionosSDConfigs',
  'kumaSDConfigs',
  'lightSailSDConfigs',
  'linodeSDConfigs',
  'nomadSDConfigs',
  'openstackSDConfigs',
  'ovhcloudSDConfigs',
  'puppetDBSDConfigs',
  'scalewaySDConfigs',
  'staticConfigs',
];

/** Roles whose addresses come from pods. Those of Services and Ingresses are names that a tenant chooses. */
const ROLES: readonly string[] = ['Pod', 'Endpoints', 'EndpointSlice'];

/** What is refused of ScrapeConfigs: all of them, or what their fields allow to be refused. */
export function scrapeConfigPolicy(settings: AdmissionSettings): AdmissionPolicy {
  const policy = {
    name: 'scrapeconfigs',
    kinds: ['ScrapeConfig'],
    resources: [{ group: MONITORING_GROUP, versions: ['v1alpha1'], resources: ['scrapeconfigs'] }],
    reach: 'tenants',
    releasedBy: 'spec',
  } as const;
  switch (settings.scrapeConfigs) {
    case 'deny':
      return { ...policy, variables: [], rules: [DENIED] };
    case 'restricted':
      return { ...policy, variables: VARIABLES, rules: restrictedRules(settings) };
    default:
      throw new TypeError(`${String(settings.scrapeConfigs satisfies never)} is no mode`);
  }
}

const DENIED: AdmissionRule = {
  id: 'scrapeConfig',
  message: 'ScrapeConfigs are refused; use a ServiceMonitor or a PodMonitor',
  why:
    'They name any address, always follow redirects, and the operator does not enforce the tenancy label ' +
    'where they relabel nothing: series are written into the namespace that they name.',
  expression: 'false',
};

const VARIABLES = [
  {
    name: 'relabelings',
    expression:
      '[object.spec.?relabelings.orValue([]), object.spec.?metricRelabelings.orValue([])]',
  },
] as const;

function restrictedRules(settings: AdmissionSettings): readonly AdmissionRule[] {
  const names = [settings.tenancyLabel, ...settings.reservedLabels];
  return [
    {
      id: 'discovery',
      message: 'targets must come from kubernetesSDConfigs alone',
      why: 'Any other discovery can name any address.',
      expression: celAll(OTHER_DISCOVERIES.map((field) => `!has(object.spec.${field})`)),
    },
    kubernetesRule(),
    {
      id: 'relabelings',
      message: 'relabelings must hold at least one entry',
      why: 'Without one the operator leaves the enforced tenancy label away.',
      expression: 'object.spec.?relabelings.orValue([]).size() > 0',
    },
    {
      id: 'runningPods',
      message:
        'pods need a relabelling of the action keep by __meta_kubernetes_pod_phase with the regex Running',
      why: "A pod that ended keeps its address in its status while another tenant's pod may have it already.",
      expression:
        'object.spec.?kubernetesSDConfigs.orValue([]).all(sd, sd.role != "Pod") || ' +
        'object.spec.?relabelings.orValue([]).exists(r, r.?action.orValue("").lowerAscii() == "keep" && ' +
        'r.?sourceLabels.orValue([]) == ["__meta_kubernetes_pod_phase"] && r.?regex.orValue("") == "Running")',
    },
    honorLabelsRule(FIELDS),
    proxyRule(FIELDS, 'object.spec'),
    ...authenticationRules(FIELDS, settings),
    ...federationRules(
      FIELDS,
      'metricsPath',
      (name) => `!(${name} in object.spec.?params.orValue({}))`,
    ),
    ...timingRules(FIELDS, settings, { interval: 'scrapeInterval', timeout: 'scrapeTimeout' }),
    ...nativeHistogramRules(settings),
    bodySizeRule(),
    sizeRule(),
    scrapeClassRule(settings),
    jobNameRule(settings),
    ...relabelRules(names),
  ];
}

function kubernetesRule(): AdmissionRule {
  const credentials = [
    'apiServer',
    'authorization',
    'basicAuth',
    'oauth2',
    'tlsConfig',
    'proxyUrl',
    'noProxy',
    'proxyConnectHeader',
  ];
  return {
    id: 'kubernetesDiscovery',
    message: `kubernetesSDConfigs must look into the own namespace alone, for ${ROLES.join(', ')}, with no server or credential of their own`,
    why: 'Targets of another tenant would be scraped into this one.',
    expression: `object.spec.?kubernetesSDConfigs.orValue([]).all(sd, ${celAll([
      ...credentials.map((field) => `!has(sd.${field})`),
      '!sd.?proxyFromEnvironment.orValue(false)',
      `sd.role in ${celList(ROLES)}`,
      '!has(sd.namespaces) || !has(sd.namespaces.ownNamespace) || !sd.namespaces.ownNamespace',
      'sd.?namespaces.?names.orValue([]) == [request.namespace]',
    ])})`,
  };
}
