import { k8s } from 'cdk8s-plus-28';
import type { PodPort } from '../pod-group.ts';

/** Where a Thanos component answers HTTP: its API, metrics and probes. */
export const THANOS_HTTP: PodPort = { name: 'http', port: 10_902 };

/** Where a Thanos component answers gRPC: the Store API. */
export const THANOS_GRPC: PodPort = { name: 'grpc', port: 10_901 };

/** The ports of a component that answers both. */
export const THANOS_PORTS: readonly PodPort[] = [THANOS_HTTP, THANOS_GRPC];

/** The ports of a Thanos container. */
export function thanosContainerPorts(ports: readonly PodPort[]): k8s.ContainerPort[] {
  return ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' }));
}

/** The ports of a Service in front of Thanos pods. They refer to the container ports by name. */
export function thanosServicePorts(ports: readonly PodPort[] = THANOS_PORTS): k8s.ServicePort[] {
  return ports.map(({ name, port }) => ({
    name,
    port,
    targetPort: k8s.IntOrString.fromString(name),
    protocol: 'TCP',
  }));
}

/** The probe of a path on the HTTP port. */
export function thanosProbe(path: string, timing: ProbeTiming): k8s.Probe {
  return {
    httpGet: { path, port: k8s.IntOrString.fromString(THANOS_HTTP.name), scheme: 'HTTP' },
    periodSeconds: timing.periodSeconds,
    failureThreshold: timing.failureThreshold,
    timeoutSeconds: 5,
  };
}

/** How often a probe asks and how many failures it forgives. */
export interface ProbeTiming {
  /** Pause between two probes, in seconds. */
  readonly periodSeconds: number;
  /** Failures in a row before it acts. */
  readonly failureThreshold: number;
}

/**
 * How long a Thanos pod may take to stop, in seconds. Its HTTP and gRPC servers wait up to 120 s
 * for requests under way.
 */
export const THANOS_GRACE_SECONDS = 130;
