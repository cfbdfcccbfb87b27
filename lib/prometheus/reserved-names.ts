import { SynthError } from '../synth-error.ts';

/**
 * Names that belong to exporters of the platform. A tenant that exposed one of them would join into
 * rules and dashboards of the platform, and break those that expect each series once.
 */
export interface ReservedNames {
  /**
   * Beginnings of metric names. Tenants' series of such names are dropped.
   * @default - kube_, kubelet_, container_, machine_ and node_
   */
  readonly metricPrefixes?: readonly string[];
  /**
   * Values of the label `job`. Tenants' targets of such jobs are dropped.
   * @default - kube-state-metrics, node-exporter, kubelet, cadvisor and apiserver
   */
  readonly jobs?: readonly string[];
}

/** The scrape class of every monitor that names none. The admission policies let tenants name none. */
const TENANT_SCRAPE_CLASS = 'tenant';

/** The scrape class of monitors of the platform, to which nothing is reserved. */
export const PLATFORM_SCRAPE_CLASS = 'platform';

const METRIC_PREFIXES = ['kube_', 'kubelet_', 'container_', 'machine_', 'node_'];
const JOBS = ['kube-state-metrics', 'node-exporter', 'kubelet', 'cadvisor', 'apiserver'];

// Both kinds of names are written into a regular expression, where none of these has a meaning.
const NAME = /^[a-zA-Z0-9_:-]+$/;

/** One relabelling, as the operator reads it. */
export interface Relabeling {
  readonly action?: 'drop' | 'labeldrop' | 'replace';
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
}

/** The field of a Prometheus resource that drops what is reserved. */
export function reservedNameFields(
  subject: string,
  reserved: ReservedNames = {},
): { readonly scrapeClasses: readonly unknown[] } {
  const { jobs = JOBS, metricPrefixes = METRIC_PREFIXES } = reserved;
  const wrong = [...jobs, ...metricPrefixes].find((name) => !NAME.test(name));
  if (wrong !== undefined) {
    throw new SynthError(
      `${subject} reserved`,
      `${JSON.stringify(wrong)} is no name of a metric or a job`,
      'write letters, digits, underscores, colons and dashes',
    );
  }
  // In the order of the letters, as they are written: the walls are compared as texts.
  const tenant = {
    default: true,
    metricRelabelings: drop('__name__', metricPrefixes, '.*'),
    name: TENANT_SCRAPE_CLASS,
    relabelings: drop('job', jobs, ''),
  };
  return { scrapeClasses: [tenant, { name: PLATFORM_SCRAPE_CLASS }] };
}

/**
 * What a monitor of the platform says in `metricRelabelings` when its series name the namespaces that
 * they speak of, as those of kube-state-metrics do.
 *
 * Prometheus moves such a label aside, as it does for tenants, even where the operator is told to leave
 * the monitor alone. Only a monitor of the platform, which is excluded from the enforcement, can take it
 * back.
 */
export function namespacesOfSeries(tenancyLabel: string): readonly Relabeling[] {
  const aside = `exported_${tenancyLabel}`;
  return [
    { action: 'replace', sourceLabels: [aside], regex: '(.+)', targetLabel: tenancyLabel },
    { action: 'labeldrop', regex: aside },
  ];
}

function drop(label: string, names: readonly string[], rest: string): readonly Relabeling[] {
  if (names.length === 0) return [];
  return [{ action: 'drop', regex: `(?:${names.join('|')})${rest}`, sourceLabels: [label] }];
}
