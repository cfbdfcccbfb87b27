import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { PodPort } from '../pod-group.ts';
import { THANOS_PORTS, thanosServicePorts } from './ports.ts';
import type { ThanosWorkload } from './workload.ts';

/** What tells the Service of one Thanos workload from another's. */
export interface ThanosServiceProps {
  /** @default - those of HTTP and gRPC */
  readonly ports?: readonly PodPort[];
  /**
   * Ports of the Service alone, in front of ports that the pods have under other numbers.
   * @default - none
   */
  readonly morePorts?: readonly k8s.ServicePort[];
  /**
   * Whether its name gives the addresses of the pods, instead of one that stands for any of them.
   * @default false
   */
  readonly isHeadless?: boolean;
  /**
   * Whether pods that are not ready yet are among them.
   * @default false
   */
  readonly namesUnready?: boolean;
}

/** Adds the Service in front of the pods of a workload. */
export function addThanosService(
  scope: Construct,
  { labels, name, podLabels }: ThanosWorkload,
  props: ThanosServiceProps = {},
): k8s.KubeService {
  const { isHeadless = false, morePorts = [], namesUnready = false, ports = THANOS_PORTS } = props;
  return new k8s.KubeService(scope, 'service', {
    metadata: { name, labels },
    spec: {
      ...(isHeadless ? { clusterIp: 'None' } : {}),
      ...(namesUnready ? { publishNotReadyAddresses: true } : {}),
      selector: podLabels,
      ports: [...thanosServicePorts(ports), ...morePorts],
    },
  });
}
