/**
 * The labels by which the kit's Prometheus finds scrape configurations of the platform. It looks for
 * them in its own namespace alone, where tenants write nothing.
 */
export const PLATFORM_SCRAPE_LABELS: Readonly<Record<string, string>> = {
  'prometheus-tenancy-kit/scrape': 'platform',
};
