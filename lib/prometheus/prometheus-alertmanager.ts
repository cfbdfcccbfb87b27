import type { NetworkDestination } from '../network/network-destination.ts';
import type { SpecFields } from './prometheus-spec.ts';

/** An Alertmanager that gets the alerts of the platform from Prometheus. */
export interface PrometheusAlertmanager {
  /** Name of its Service, such as `alertmanager-operated`. */
  readonly service: string;
  /**
   * The namespace of the Service.
   * @default - that of Prometheus
   */
  readonly namespace?: string;
  /**
   * Name of the port of the Service.
   * @default 'web'
   */
  readonly portName?: string;
  /** @default 'http' */
  readonly scheme?: 'http' | 'https';
  /**
   * What its paths begin with.
   * @default - nothing
   */
  readonly pathPrefix?: string;
  /** The way there, for network policies. */
  readonly network: NetworkDestination;
}

/** The field that says where alerts go; none where they go nowhere. */
export function alertingFields(
  alertmanagers: readonly PrometheusAlertmanager[],
  ownNamespace: string,
): SpecFields {
  if (alertmanagers.length === 0) return {};
  return {
    alerting: {
      alertmanagers: alertmanagers.map(({ namespace, pathPrefix, portName, scheme, service }) => ({
        name: service,
        namespace: namespace ?? ownNamespace,
        port: portName ?? 'web',
        scheme: scheme ?? 'http',
        ...(pathPrefix !== undefined && { pathPrefix }),
        apiVersion: 'v2',
      })),
    },
  };
}
