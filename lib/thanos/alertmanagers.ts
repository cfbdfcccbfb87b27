import type { NetworkDestination } from '../network/network-destination.ts';
import type { PodConnection } from '../network/network-part.ts';

/** Name of the file that tells a ruler where alerts go. */
export const ALERTMANAGERS_FILE_NAME = 'alertmanagers.yaml';

/** An Alertmanager, or several of one cluster, each of which gets every alert. */
export interface AlertmanagerTarget {
  /**
   * Addresses in the form that Thanos resolves, such as
   * `dnssrv+_web._tcp.alertmanager-operated.alerting.svc` or `alertmanager:9093`.
   */
  readonly addresses: readonly string[];
  /** @default 'http' */
  readonly scheme?: 'http' | 'https';
  /**
   * What its paths begin with.
   * @default - nothing
   */
  readonly pathPrefix?: string;
  /** The way there, for network policies: pods of the platform, or what is outside of them. */
  readonly network: PodConnection | NetworkDestination;
}

/** Prints that file. It is JSON, which is YAML as well. */
export function printAlertmanagers(targets: readonly AlertmanagerTarget[]): string {
  const alertmanagers = targets.map(({ addresses, pathPrefix, scheme }) => ({
    static_configs: addresses,
    scheme: scheme ?? 'http',
    ...(pathPrefix === undefined ? {} : { path_prefix: pathPrefix }),
    timeout: '10s',
    api_version: 'v2',
  }));
  return `${JSON.stringify({ alertmanagers }, null, 2)}\n`;
}
