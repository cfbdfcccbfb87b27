import type { ApiObject } from 'cdk8s';
import type { MonitoredComponent, MonitoredJobs } from './platform-series.ts';
import { PROMETHEUS_OPERATOR } from './prometheus-operator-monitor.ts';
import { PROMETHEUS_SERVER } from './prometheus-self-monitor.ts';

// What each component of the kit is, by the label on what has it scraped.
const COMPONENTS: ReadonlyMap<string, MonitoredComponent> = new Map([
  ['tenant-query-frontend', 'frontend'],
  [PROMETHEUS_SERVER, 'prometheus'],
  ['prometheus', 'sidecar'],
  ['thanos-store-gateway', 'storeGateway'],
  ['thanos-compactor', 'compactor'],
  ['thanos-querier', 'querier'],
  ['thanos-query-frontend', 'thanosQueryFrontend'],
  ['thanos-ruler', 'ruler'],
  ['thanos-receive-router', 'receive'],
  ['thanos-receive-ingestor', 'receive'],
  [PROMETHEUS_OPERATOR, 'operator'],
]);

/**
 * The jobs that scrape configurations and monitors of the kit make, by component. Those of other
 * components, such as a cache, are left out.
 *
 * @param monitors - Those of `PlatformMonitors`, `PrometheusSelfMonitor` and `PrometheusOperatorMonitor`.
 */
export function monitoredJobs(monitors: readonly ApiObject[]): MonitoredJobs {
  const jobs = new Map<MonitoredComponent, readonly string[]>();
  for (const { metadata, name } of monitors) {
    const label: unknown = metadata.getLabel('app.kubernetes.io/component');
    const component = typeof label === 'string' ? COMPONENTS.get(label) : undefined;
    if (component !== undefined) jobs.set(component, [...(jobs.get(component) ?? []), name]);
  }
  return Object.fromEntries(jobs);
}
