import { k8s } from 'cdk8s-plus-28';
import { TENANT_NAMESPACE_LABEL } from '../../tenant/tenancy-label.ts';
import type { PodGroup } from '../pod-group.ts';
import { requireCidr } from './cidr.ts';
import { remotePeer, tcpPorts } from './network-destination.ts';
import type { NetworkSettings } from './tenancy-network-policies-props.ts';

// Addresses at which clouds hand credentials, or the data of a node, to whoever asks from it.
const METADATA_SERVICES = [
  '169.254.169.254',
  'fd00:ec2::254',
  // The agent that gives pods of EKS their roles.
  '169.254.170.23',
  'fd00:ec2::23',
  // Azure and Alibaba.
  '168.63.129.16',
  '100.100.100.200',
];

/** The pods of a group, as a peer in the same namespace. */
export function groupPeer(group: PodGroup): k8s.NetworkPolicyPeer {
  // No namespace selector: an overlay that moves the installation would not rewrite it.
  return { podSelector: { matchLabels: { ...group.podLabels } } };
}

/** Every pod of every tenant. */
export function tenantsPeer(): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: {
      matchExpressions: [{ key: TENANT_NAMESPACE_LABEL, operator: 'Exists' }],
    },
  };
}

/** Lets peers in to ports. */
export function ingressFrom(
  peers: readonly k8s.NetworkPolicyPeer[],
  ports: readonly number[],
): k8s.NetworkPolicyIngressRule {
  return { from: [...peers], ports: tcpPorts(ports) };
}

/** Lets pods out to the ports of a group. */
export function egressTo(group: PodGroup, ports: readonly number[]): k8s.NetworkPolicyEgressRule {
  return { to: [groupPeer(group)], ports: tcpPorts(ports) };
}

/** Lets pods resolve names. */
export function egressToDns(settings: NetworkSettings): k8s.NetworkPolicyEgressRule {
  const port = k8s.IntOrString.fromNumber(settings.dns.port);
  return {
    to: [
      remotePeer(settings.dns),
      ...settings.dnsCidrs.map((cidr) => ({
        ipBlock: { cidr: requireCidr('TenancyNetworkPolicies dnsCidrs', cidr).text },
      })),
    ],
    ports: [
      { protocol: 'UDP', port },
      { protocol: 'TCP', port },
    ],
  };
}

/** Lets Prometheus out to what it scrapes: tenants' pods on any port, and what was named. */
export function egressToTargets(settings: NetworkSettings): k8s.NetworkPolicyEgressRule {
  return {
    to: [
      tenantsPeer(),
      ...settings.scrapeNamespaces.map((namespace) => ({
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      })),
      ...settings.scrapeCidrs.map((cidr) => ({ ipBlock: withoutMetadata(cidr) })),
    ],
  };
}

// The API server refuses an exception that lies outside of its block.
function withoutMetadata(text: string): k8s.IpBlock {
  const cidr = requireCidr('TenancyNetworkPolicies scrapeCidrs', text);
  const except = METADATA_SERVICES.filter((address) => cidr.contains(address)).map(
    (address) => `${address}/${address.includes(':') ? 128 : 32}`,
  );
  return except.length === 0 ? { cidr: cidr.text } : { cidr: cidr.text, except };
}
