import type { StoreEndpoint } from './store-endpoint.ts';

/** Name of the file that lists what a querier asks. */
export const ENDPOINTS_FILE_NAME = 'endpoints.yaml';

/**
 * Prints the file of `--endpoint.sd-config-file`. It is JSON, which is YAML as well.
 *
 * Repeated addresses appear once: Thanos would ask the same store twice.
 */
export function printEndpointsFile(endpoints: readonly StoreEndpoint[]): string {
  const addresses = [...new Set(endpoints.map(({ storeAddress }) => storeAddress))].toSorted();
  return `${JSON.stringify({ endpoints: addresses.map((address) => ({ address })) }, null, 2)}\n`;
}

/** The labels that a querier over these endpoints deduplicates by. */
export function replicaLabelsOf(endpoints: readonly StoreEndpoint[]): string[] {
  return [...new Set(endpoints.flatMap(({ replicaLabels }) => replicaLabels))].toSorted();
}
