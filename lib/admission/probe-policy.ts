import { type AdmissionPolicy, type AdmissionRule, MONITORING_GROUP } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { celAll, celList, celString } from './cel.ts';
import { relabelRules, WRITABLE_LABEL } from './relabel-rules.ts';
import {
  authenticationRules,
  federationRules,
  hasNoProxy,
  namespaceSelectorRule,
  nativeHistogramRules,
  redirectRule,
  type ScrapeFields,
  scrapeClassRule,
  sizeRule,
  timingRules,
} from './scrape-rules.ts';

const FIELDS: ScrapeFields = {
  every: (condition) => condition,
  scrape: 'object.spec',
  hasFiles: false,
  hasBearerSecret: true,
};

const STATIC = 'object.spec.?targets.?staticConfig';
const INGRESS = 'object.spec.?targets.?ingress';

/** What is refused of Probes. */
export function probePolicy(settings: AdmissionSettings): AdmissionPolicy {
  const names = [settings.tenancyLabel, ...settings.reservedLabels];
  return {
    name: 'probes',
    kinds: ['Probe'],
    resources: [{ group: MONITORING_GROUP, versions: ['v1'], resources: ['probes'] }],
    reach: 'tenants',
    releasedBy: 'spec',
    variables: [
      {
        name: 'relabelings',
        expression:
          '[object.spec.?metricRelabelings.orValue([]), ' +
          `${STATIC}.?relabelingConfigs.orValue([]), ${INGRESS}.?relabelingConfigs.orValue([])]`,
      },
    ],
    rules: [
      redirectRule(FIELDS),
      proberRule(settings.probers),
      {
        id: 'proxy',
        message: 'proxyUrl, proxyFromEnvironment, noProxy and proxyConnectHeader are refused',
        why: 'A scrape whose proxy is Prometheus itself is answered by it, whatever the target.',
        expression: `!has(object.spec.prober) || (${hasNoProxy('object.spec.prober')})`,
      },
      ...authenticationRules(FIELDS, settings),
      ...federationRules(
        FIELDS,
        'prober.path',
        (name) => `object.spec.?params.orValue([]).all(param, param.name != ${name})`,
      ),
      ...timingRules(FIELDS, settings),
      ...nativeHistogramRules(settings),
      scrapeClassRule(settings),
      sizeRule(),
      namespaceSelectorRule(`${INGRESS}.?namespaceSelector`),
      jobNameRule(settings),
      {
        id: 'staticLabels',
        message: `labels of static targets must begin with a letter and must not be ${names.join(' or ')}`,
        why: 'They are set before relabelling: `__address__` leads the scrape elsewhere.',
        expression:
          `${STATIC}.?labels.orValue({}).all(label, ` +
          `label.matches(${celString(WRITABLE_LABEL)}) && !(label in ${celList(names)}))`,
      },
      ...relabelRules(names),
    ],
  };
}

function proberRule(probers: readonly string[]): AdmissionRule {
  const why =
    'The address of the prober is the address that Prometheus scrapes: its own, or that of any pod.';
  if (probers.length === 0) {
    return {
      id: 'prober',
      message: 'Probes are refused: there is no prober for tenants',
      why,
      expression: 'false',
    };
  }
  return {
    id: 'prober',
    message: `prober.url must be one of ${probers.join(', ')}`,
    why,
    expression: `object.spec.?prober.?url.orValue("") in ${celList(probers)}`,
  };
}

/** That an object does not name its own job, where that label is reserved. */
export function jobNameRule({ reservedLabels }: AdmissionSettings): AdmissionRule {
  return {
    id: 'jobName',
    message: 'jobName is refused',
    why: 'Series of a tenant would pass for those of a job of the platform.',
    expression: reservedLabels.includes('job') ? celAll(['!has(object.spec.jobName)']) : 'true',
  };
}
