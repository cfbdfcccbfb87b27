import { k8s } from 'cdk8s-plus-28';
import { SynthError } from '../synth-error.ts';
import { requireCidr } from './cidr.ts';

/** Pods in a namespace that is not the platform's. */
export interface RemotePods {
  /** Name of the namespace. */
  readonly namespace: string;
  /**
   * Labels that select the pods, at least one.
   * @default - every pod of the namespace
   */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** Somewhere that the platform's pods connect to, outside of the platform's own pods. */
export class NetworkDestination {
  /**
   * Why the rule is wider than it should be, or `undefined`. The policy carries it as an annotation,
   * so that whoever reviews the manifests sees it.
   */
  readonly warning: string | undefined;
  readonly #rule: k8s.NetworkPolicyEgressRule;

  private constructor(rule: k8s.NetworkPolicyEgressRule, warning?: string) {
    this.#rule = rule;
    this.warning = warning;
  }

  /** Addresses outside of the cluster, or of its nodes. */
  static cidrs(cidrs: readonly string[], ports: readonly number[]): NetworkDestination {
    if (cidrs.length === 0) {
      throw new SynthError(
        'NetworkDestination.cidrs',
        'no block is named, and an empty list would mean everywhere',
        'name at least one block, or use NetworkDestination.anywhere',
      );
    }
    const to = cidrs.map((cidr) => ({
      ipBlock: { cidr: requireCidr('NetworkDestination.cidrs', cidr).text },
    }));
    return new NetworkDestination({ to, ports: tcpPorts(ports) });
  }

  /** Pods of another namespace. */
  static pods(pods: RemotePods, ports: readonly number[]): NetworkDestination {
    return new NetworkDestination({ to: [remotePeer(pods)], ports: tcpPorts(ports) });
  }

  /**
   * Pods of the platform's own namespace that are none of the kit's, such as those of an operator.
   * Nothing of the kit lets them in or keeps anybody from them.
   */
  static neighbours(
    podLabels: Readonly<Record<string, string>>,
    ports: readonly number[],
  ): NetworkDestination {
    if (Object.keys(podLabels).length === 0) {
      throw new SynthError(
        'NetworkDestination.neighbours',
        'no label is named, and an empty selector would mean every pod of the platform',
        'name the labels of the pods',
      );
    }
    // No namespace selector: an overlay that moves the installation would not rewrite it.
    const to = [{ podSelector: { matchLabels: { ...podLabels } } }];
    return new NetworkDestination({ to, ports: tcpPorts(ports) });
  }

  /** Any address on these ports; `what` says in the warning what should be narrowed. */
  static anywhere(ports: readonly number[], what: string): NetworkDestination {
    return new NetworkDestination(
      { ports: tcpPorts(ports) },
      `${what} may be anywhere on port ${ports.join(', ')}: name its addresses to narrow this`,
    );
  }

  /** The rule of a network policy. */
  toRule(): k8s.NetworkPolicyEgressRule {
    return this.#rule;
  }
}

/** The peer that matches such pods: both selectors in one peer, so that both must match. */
export function remotePeer(pods: RemotePods): k8s.NetworkPolicyPeer {
  if (pods.podLabels !== undefined && Object.keys(pods.podLabels).length === 0) {
    throw new SynthError(
      `NetworkPolicy podLabels of pods in ${pods.namespace}`,
      'name no label, which would mean every pod there',
      'name the labels of the pods, or leave podLabels out to mean every pod',
    );
  }
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': pods.namespace } },
    podSelector: pods.podLabels === undefined ? {} : { matchLabels: { ...pods.podLabels } },
  };
}

/** TCP ports in the words of a network policy. */
export function tcpPorts(ports: readonly number[]): k8s.NetworkPolicyPort[] {
  if (ports.length === 0) {
    throw new SynthError(
      'NetworkPolicy ports',
      'no port is named, and an empty list would mean every port',
      'name at least one port',
    );
  }
  return ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));
}
