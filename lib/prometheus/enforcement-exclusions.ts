import type { FinalSpec } from './tenancy-walls.ts';

/** An object whose tenancy label the operator leaves alone. */
export interface EnforcementExclusion {
  readonly group: 'monitoring.coreos.com';
  readonly resource: 'scrapeconfigs';
  readonly namespace: string;
  readonly name: string;
}

/** The exclusions of scrape configurations in a namespace, or `undefined` for none. */
export function exclusionsOf(
  namespace: string,
  names: ReadonlySet<string>,
): readonly EnforcementExclusion[] | undefined {
  if (names.size === 0) return undefined;
  return [...names].map((name) => ({
    group: 'monitoring.coreos.com',
    resource: 'scrapeconfigs',
    namespace,
    name,
  }));
}

/**
 * Says which exclusions of a resource that is about to be written open a wall.
 *
 * Monitors are taken from tenants' namespaces alone, and scrape configurations from that of the platform.
 * So an exclusion of anything else lets a tenant write the label of another one.
 */
export function foreignExclusions(spec: FinalSpec, namespace: string): string[] {
  const exclusions: unknown = spec['excludedFromEnforcement'] ?? [];
  if (!Array.isArray(exclusions)) return ['spec.excludedFromEnforcement must be a list'];
  return exclusions
    .filter((it: Partial<EnforcementExclusion>) => !isOfPlatform(it, namespace))
    .map(
      (it) =>
        `spec.excludedFromEnforcement must name single objects of ${namespace}, where tenants write nothing, ` +
        `and ${JSON.stringify(it)} does not; leave it out`,
    );
}

function isOfPlatform(exclusion: Partial<EnforcementExclusion>, namespace: string): boolean {
  return exclusion.namespace === namespace && (exclusion.name ?? '') !== '';
}
