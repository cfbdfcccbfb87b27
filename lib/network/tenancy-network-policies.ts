import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PART_OF } from '../labels.ts';
import { requireOneWatcher } from '../monitoring/one-watcher.ts';
import { WatchingPrometheus } from '../monitoring/watching-prometheus.ts';
import type { PodGroup } from '../pod-group.ts';
import { refuseSeveralTenancyLabels } from '../tenancy-labels.ts';
import type { NetworkDestination } from './network-destination.ts';
import { isSameGroup, type NetworkPart } from './network-part.ts';
import { platformParts } from './platform-parts.ts';
import {
  egressTo,
  egressToDns,
  egressToTargets,
  groupPeer,
  ingressFrom,
  tenantsPeer,
} from './policy-rules.ts';
import { remotePeer } from './network-destination.ts';
import {
  type NetworkSettings,
  resolveNetwork,
  type TenancyNetworkPoliciesProps,
} from './tenancy-network-policies-props.ts';

/** Annotation of a policy that is wider than it should be. */
export const WARNING_ANNOTATION = 'prometheus-tenancy-kit/warning';

const KIT_PODS = { matchLabels: { 'app.kubernetes.io/part-of': PART_OF } };

/**
 * Who may talk to whom: everything is denied to the pods of the kit, in and out, and each connection
 * that the parts need is allowed by itself.
 *
 * Neither Prometheus' web port nor the querier can be reached by tenants, and that is what makes the
 * query frontend the only way to the data.
 */
export class TenancyNetworkPolicies extends Construct {
  readonly #policies: k8s.KubeNetworkPolicy[] = [];

  constructor(scope: Construct, id: string, props: TenancyNetworkPoliciesProps) {
    super(scope, id);
    const subject = `TenancyNetworkPolicies ${this.node.path}`;
    refuseSeveralTenancyLabels(subject, {
      Prometheus: props.prometheus.tenancyLabel,
      'the querier': props.querier.tenancyLabel,
      'the frontend': props.frontend.tenancyLabel,
    });
    requireOneWatcher(this, subject, props.watchedBy ?? WatchingPrometheus.own());
    const settings = resolveNetwork(props);
    const parts = platformParts(subject, props, settings);
    this.#add('default-deny', KIT_PODS, {});
    this.#add('dns', KIT_PODS, { egress: [egressToDns(settings)] });
    for (const part of parts) {
      const destinations = destinationsOf(part, settings);
      this.#addGroup(part.pods, {
        ingress: [
          ...tenantIngress(props, settings, part),
          ...ingressInto(part.pods, parts),
          ...metricsIngress(props, part.pods),
        ],
        egress: [
          ...scrapeEgress(props, settings, part, parts),
          ...part.connections.map(({ port, to }) => egressTo(to, [port.port])),
          ...destinations.map((it) => it.toRule()),
        ],
        destinations,
      });
    }
  }

  /** The policies, those of everything first. */
  get policies(): readonly k8s.KubeNetworkPolicy[] {
    return [...this.#policies];
  }

  #addGroup(group: PodGroup, rules: PolicyRules): void {
    const instance = group.podLabels['app.kubernetes.io/instance'] ?? group.component;
    const name = instance === group.component ? instance : `${group.component}-${instance}`;
    this.#add(name, { matchLabels: { ...group.podLabels } }, rules);
  }

  #add(name: string, podSelector: k8s.LabelSelector, rules: PolicyRules): void {
    const warnings = (rules.destinations ?? []).flatMap(({ warning }) => warning ?? []);
    this.#policies.push(
      new k8s.KubeNetworkPolicy(this, name, {
        metadata: {
          name: `${PART_OF}-${name}`,
          labels: { 'app.kubernetes.io/part-of': PART_OF },
          ...(warnings.length === 0
            ? {}
            : { annotations: { [WARNING_ANNOTATION]: warnings.join('; ') } }),
        },
        spec: {
          podSelector,
          policyTypes: ['Ingress', 'Egress'],
          ...(rules.ingress?.length ? { ingress: [...rules.ingress] } : {}),
          ...(rules.egress?.length ? { egress: [...rules.egress] } : {}),
        },
      }),
    );
  }
}

interface PolicyRules {
  readonly ingress?: readonly k8s.NetworkPolicyIngressRule[];
  readonly egress?: readonly k8s.NetworkPolicyEgressRule[];
  readonly destinations?: readonly NetworkDestination[];
}

function tenantIngress(
  { frontend }: TenancyNetworkPoliciesProps,
  settings: NetworkSettings,
  { pods }: NetworkPart,
): k8s.NetworkPolicyIngressRule[] {
  if (!isSameGroup(pods, frontend.pods)) return [];
  const clients = [tenantsPeer(), ...settings.clients.map(remotePeer)];
  return [ingressFrom(clients, [frontend.tenantPort.port])];
}

function ingressInto(
  target: PodGroup,
  parts: readonly NetworkPart[],
): k8s.NetworkPolicyIngressRule[] {
  return parts.flatMap(({ connections, pods }) =>
    connections
      .filter(({ to }) => isSameGroup(to, target))
      .map(({ port }) => ingressFrom([groupPeer(pods)], [port.port])),
  );
}

function metricsIngress(
  { prometheus, watchedBy }: TenancyNetworkPoliciesProps,
  target: PodGroup,
): k8s.NetworkPolicyIngressRule[] {
  const ports = target.metricsPorts.map(({ port }) => port);
  const other = watchedBy?.other;
  const peer = other === undefined ? groupPeer(prometheus.pods) : remotePeer(other);
  return ports.length === 0 ? [] : [ingressFrom([peer], ports)];
}

function scrapeEgress(
  { prometheus, watchedBy }: TenancyNetworkPoliciesProps,
  settings: NetworkSettings,
  { pods }: NetworkPart,
  parts: readonly NetworkPart[],
): k8s.NetworkPolicyEgressRule[] {
  if (!isSameGroup(pods, prometheus.pods)) return [];
  const isWatching = watchedBy?.other === undefined;
  const scraped = parts.filter((part) => isWatching && part.pods.metricsPorts.length > 0);
  return [
    egressToTargets(settings),
    ...scraped.map((part) =>
      egressTo(
        part.pods,
        part.pods.metricsPorts.map(({ port }) => port),
      ),
    ),
  ];
}

function destinationsOf(part: NetworkPart, settings: NetworkSettings): NetworkDestination[] {
  return [...(part.destinations ?? []), ...(part.usesObjstore ? [settings.objstore] : [])];
}
