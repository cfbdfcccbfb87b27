// Behind Thanos, a store answers a matcher on one of its external labels from that label alone, and
// puts the label on every series. So external labels decide whether the matcher of a scope means
// what it should.

/** The external label that tells clusters apart. */
const CLUSTER_LABEL = 'cluster';

/** What is known of an installation when its stores are looked at. */
export interface StoreRules {
  /** The label that carries the tenant. */
  readonly tenancyLabel: string;
  /** Names of the labels that every scope pins to one value beside the tenants. */
  readonly staticLabels: readonly string[];
}

/**
 * Why scoped queries are not safe on an upstream.
 *
 * `tenancy_label_external`: a store has the tenancy label among its external labels, so everything
 * in it looks like one tenant's. `clusters_mixed`: the stores belong to several clusters and scopes
 * pin none, while access reviews speak for one of them.
 */
export type UpstreamFinding = 'tenancy_label_external' | 'clusters_mixed';

/** Every finding, for metrics. */
export const UPSTREAM_FINDINGS: readonly UpstreamFinding[] = [
  'tenancy_label_external',
  'clusters_mixed',
];

/**
 * Looks at the answer of a Thanos querier to `/api/v1/stores`.
 *
 * @returns What is wrong, or `undefined` when the answer is not understood, which proves nothing.
 */
export function inspectStores(
  document: unknown,
  rules: StoreRules,
): readonly UpstreamFinding[] | undefined {
  const labelSets = readLabelSets(document);
  if (labelSets === undefined) return undefined;
  const findings: UpstreamFinding[] = [];
  if (labelSets.some((labels) => Object.hasOwn(labels, rules.tenancyLabel))) {
    findings.push('tenancy_label_external');
  }
  const clusters = new Set(labelSets.map((labels) => labels[CLUSTER_LABEL] ?? ''));
  clusters.delete('');
  if (clusters.size > 1 && !rules.staticLabels.includes(CLUSTER_LABEL)) {
    findings.push('clusters_mixed');
  }
  return findings;
}

type Labels = Readonly<Record<string, string>>;

function readLabelSets(document: unknown): readonly Labels[] | undefined {
  if (!isObject(document) || document['status'] !== 'success') return undefined;
  const { data } = document;
  if (!isObject(data)) return undefined;
  const labelSets: Labels[] = [];
  // The members are kinds of stores; a kind without any is null, and so is a store without labels.
  for (const stores of Object.values(data)) {
    for (const store of listOf(stores) ?? [undefined]) {
      const sets = isObject(store) ? listOf(store['labelSets']) : undefined;
      if (sets?.every(isLabels) !== true) return undefined;
      labelSets.push(...sets.filter(isLabels));
    }
  }
  return labelSets;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : undefined;
}

function isLabels(value: unknown): value is Labels {
  return isObject(value) && Object.values(value).every((it) => typeof it === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
