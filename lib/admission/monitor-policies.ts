import { type AdmissionPolicy, type AdmissionRule, MONITORING_GROUP } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { celAll, celList, celString } from './cel.ts';
import { relabelRules } from './relabel-rules.ts';
import {
  authenticationRules,
  bodySizeRule,
  federationRules,
  honorLabelsRule,
  namespaceSelectorRule,
  nativeHistogramRules,
  proxyRule,
  redirectRule,
  type ScrapeFields,
  scrapeClassRule,
  sizeRule,
  timingRules,
} from './scrape-rules.ts';

/** What is refused of ServiceMonitors. */
export function serviceMonitorPolicy(settings: AdmissionSettings): AdmissionPolicy {
  return monitorPolicy(settings, {
    name: 'servicemonitors',
    kind: 'ServiceMonitor',
    endpoints: 'endpoints',
    hasFiles: true,
    labelLists: ['targetLabels', 'podTargetLabels'],
  });
}

/** What is refused of PodMonitors. */
export function podMonitorPolicy(settings: AdmissionSettings): AdmissionPolicy {
  return monitorPolicy(settings, {
    name: 'podmonitors',
    kind: 'PodMonitor',
    endpoints: 'podMetricsEndpoints',
    hasFiles: false,
    labelLists: ['podTargetLabels'],
  });
}

/** Where the two kinds of monitors differ. */
interface MonitorKind {
  readonly name: string;
  readonly kind: string;
  /** The field that lists what is scraped. */
  readonly endpoints: string;
  readonly hasFiles: boolean;
  /** The fields that list labels of Services and pods which targets take over. */
  readonly labelLists: readonly string[];
}

const MAXIMUM_ENDPOINTS = 50;

function monitorPolicy(settings: AdmissionSettings, monitor: MonitorKind): AdmissionPolicy {
  const fields: ScrapeFields = {
    every: (condition) => `variables.endpoints.all(e, ${condition})`,
    scrape: 'e',
    hasFiles: monitor.hasFiles,
    hasBearerSecret: true,
  };
  const names = [settings.tenancyLabel, ...settings.reservedLabels];
  return {
    name: monitor.name,
    kinds: [monitor.kind],
    resources: [{ group: MONITORING_GROUP, versions: ['v1'], resources: [monitor.name] }],
    reach: 'tenants',
    releasedBy: 'spec',
    variables: [
      { name: 'endpoints', expression: `object.spec.?${monitor.endpoints}.orValue([])` },
      {
        name: 'relabelings',
        expression:
          'variables.endpoints.map(e, e.?relabelings.orValue([])) + ' +
          'variables.endpoints.map(e, e.?metricRelabelings.orValue([]))',
      },
    ],
    rules: [
      redirectRule(fields),
      honorLabelsRule(fields),
      proxyRule(fields, 'e'),
      ...authenticationRules(fields, settings),
      ...federationRules(fields, 'path', (name) => `!(${name} in e.?params.orValue({}))`),
      ...timingRules(fields, settings),
      portRule(fields),
      runningRule(fields),
      selectorRule(),
      ...nativeHistogramRules(settings),
      bodySizeRule(),
      sizeRule(),
      {
        id: 'endpoints',
        message: `${monitor.endpoints} must hold at most ${MAXIMUM_ENDPOINTS} entries`,
        why: 'Each is a scrape job of its own, with limits of its own.',
        expression: `variables.endpoints.size() <= ${MAXIMUM_ENDPOINTS}`,
      },
      scrapeClassRule(settings),
      namespaceSelectorRule('object.spec.?namespaceSelector'),
      targetLabelsRule(names, monitor.labelLists),
      ...relabelRules(names),
    ],
  };
}

function portRule({ every }: ScrapeFields): AdmissionRule {
  const pattern = celString('^[a-zA-Z0-9-]*$');
  return {
    id: 'port',
    message: 'port and targetPort must be names of letters, digits and dashes, or numbers',
    why:
      'The operator takes the name for a regular expression and does not check it; one that is none, such ' +
      'as "(", makes the configuration of all tenants invalid.',
    expression: every(
      celAll([
        `e.?port.orValue("").matches(${pattern})`,
        `!has(e.targetPort) || type(e.targetPort) == int || string(e.targetPort).matches(${pattern})`,
      ]),
    ),
  };
}

function runningRule({ every }: ScrapeFields): AdmissionRule {
  return {
    id: 'filterRunning',
    message: 'filterRunning must not be false',
    why: "A pod that ended keeps its address in its status while another tenant's pod may have it already.",
    expression: every('e.?filterRunning.orValue(true)'),
  };
}

function selectorRule(): AdmissionRule {
  const pattern = celString('^[a-zA-Z0-9._-]*$');
  return {
    id: 'selector',
    message: 'values in selector must be values that a label can have',
    why:
      'The operator writes them into regular expressions, and not every version checks them; one that is ' +
      'none makes the configuration of all tenants invalid.',
    expression: celAll([
      `object.spec.?selector.?matchLabels.orValue({}).all(key, object.spec.selector.matchLabels[key].matches(${pattern}))`,
      `object.spec.?selector.?matchExpressions.orValue([]).all(it, it.?values.orValue([]).all(value, value.matches(${pattern})))`,
    ]),
  };
}

// The operator turns each character that a label cannot hold into an underscore.
function targetLabelsRule(names: readonly string[], lists: readonly string[]): AdmissionRule {
  const patterns = names.map((name) => `^${name.replaceAll('_', '[^a-zA-Z0-9]')}$`);
  const isFree = `label.matches("^[a-zA-Z]") && !${celList(patterns)}.exists(pattern, label.matches(pattern))`;
  return {
    id: 'targetLabels',
    message: `${lists.join(' and ')} must begin with a letter and must not name ${names.join(' or ')}`,
    why: 'Labels of Services and pods would be taken over under these names.',
    expression: celAll(
      lists.map((list) => `object.spec.?${list}.orValue([]).all(label, ${isFree})`),
    ),
  };
}
