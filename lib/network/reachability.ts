import { requireCidr } from './cidr.ts';
import { type ManifestSelector, selects } from './label-selector.ts';

/** One end of a connection: a pod, or an address outside of the pod network. */
export interface NetworkNode {
  /** How a table calls it. */
  readonly name: string;
  /**
   * Its pod, or `undefined` for an address outside.
   * @default - an address outside
   */
  readonly pod?: {
    readonly namespace: string;
    readonly namespaceLabels: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
    /** Named container ports, which a policy may refer to. */
    readonly ports?: Readonly<Record<string, number>>;
  };
  /** Its address. */
  readonly address: string;
}

/** A network policy as a manifest holds it. */
export interface ManifestPolicy {
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly spec: {
    readonly podSelector: ManifestSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly ManifestRule[];
    readonly egress?: readonly ManifestRule[];
  };
}

interface ManifestRule {
  readonly from?: readonly ManifestPeer[];
  readonly to?: readonly ManifestPeer[];
  readonly ports?: readonly {
    readonly protocol?: string;
    readonly port?: number | string;
    readonly endPort?: number;
  }[];
}

interface ManifestPeer {
  readonly podSelector?: ManifestSelector;
  readonly namespaceSelector?: ManifestSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** A connection to judge. */
export interface Connection {
  readonly from: NetworkNode;
  readonly to: NetworkNode;
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: string;
}

/**
 * Whether network policies let a connection through, by the rules of Kubernetes: a pod that no policy
 * selects for a direction is open in it, and one that is selected needs a rule that matches.
 *
 * Blocks of addresses are compared with the addresses of pods too, as the widest reading of the
 * specification allows; network plugins differ in that.
 */
export function isReachable(policies: readonly ManifestPolicy[], connection: Connection): boolean {
  return allows(policies, connection, 'Egress') && allows(policies, connection, 'Ingress');
}

type Direction = 'Ingress' | 'Egress';

function allows(
  policies: readonly ManifestPolicy[],
  connection: Connection,
  direction: Direction,
): boolean {
  const subject = direction === 'Egress' ? connection.from : connection.to;
  const binding = policies.filter((policy) => binds(policy, subject, direction));
  return (
    binding.length === 0 ||
    binding.some((policy) =>
      rulesOf(policy, direction).some((rule) => permits(rule, policy, connection, direction)),
    )
  );
}

function binds(policy: ManifestPolicy, node: NetworkNode, direction: Direction): boolean {
  const { pod } = node;
  if (pod === undefined || pod.namespace !== policy.metadata.namespace) return false;
  const types = policy.spec.policyTypes ?? [
    'Ingress',
    ...(policy.spec.egress === undefined ? [] : ['Egress']),
  ];
  return types.includes(direction) && selects(policy.spec.podSelector, pod.labels);
}

function rulesOf(policy: ManifestPolicy, direction: Direction): readonly ManifestRule[] {
  return (direction === 'Egress' ? policy.spec.egress : policy.spec.ingress) ?? [];
}

function permits(
  rule: ManifestRule,
  policy: ManifestPolicy,
  connection: Connection,
  direction: Direction,
): boolean {
  const peers = (direction === 'Egress' ? rule.to : rule.from) ?? [];
  const other = direction === 'Egress' ? connection.to : connection.from;
  const isPeer = peers.length === 0 || peers.some((peer) => matchesPeer(peer, policy, other));
  return isPeer && matchesPort(rule, connection);
}

function matchesPeer(peer: ManifestPeer, policy: ManifestPolicy, node: NetworkNode): boolean {
  if (peer.ipBlock !== undefined) return inBlock(peer.ipBlock, node.address);
  const { pod } = node;
  if (pod === undefined) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? pod.namespace === policy.metadata.namespace
      : selects(peer.namespaceSelector, pod.namespaceLabels);
  return inNamespace && selects(peer.podSelector ?? {}, pod.labels);
}

function inBlock(block: NonNullable<ManifestPeer['ipBlock']>, address: string): boolean {
  const contains = (cidr: string): boolean => requireCidr('ipBlock', cidr).contains(address);
  return contains(block.cidr) && !(block.except ?? []).some(contains);
}

function matchesPort(rule: ManifestRule, connection: Connection): boolean {
  const ports = rule.ports ?? [];
  const protocol = connection.protocol ?? 'TCP';
  return (
    ports.length === 0 ||
    ports.some((port) => {
      if ((port.protocol ?? 'TCP') !== protocol) return false;
      if (port.port === undefined) return true;
      const first =
        typeof port.port === 'string' ? connection.to.pod?.ports?.[port.port] : port.port;
      return (
        first !== undefined &&
        first <= connection.port &&
        connection.port <= (port.endPort ?? first)
      );
    })
  );
}
