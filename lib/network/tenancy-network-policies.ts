import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PART_OF } from '../labels.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { refuseSeveralTenancyLabels } from '../tenancy-labels.ts';
import type { StoreEndpoint } from '../thanos/store-endpoint.ts';
import type { NetworkDestination } from './network-destination.ts';
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
    refuseSeveralTenancyLabels(`TenancyNetworkPolicies ${this.node.path}`, {
      Prometheus: props.prometheus.tenancyLabel,
      'the querier': props.querier.tenancyLabel,
      'the frontend': props.frontend.tenancyLabel,
    });
    const settings = resolveNetwork(props);
    this.#add('default-deny', KIT_PODS, {});
    this.#add('dns', KIT_PODS, { egress: [egressToDns(settings)] });
    this.#addFrontend(props, settings);
    this.#addQuerier(props);
    this.#addPrometheus(props, settings);
    for (const store of otherStores(props)) this.#addStore(props, settings, store);
  }

  /** The policies, those of everything first. */
  get policies(): readonly k8s.KubeNetworkPolicy[] {
    return [...this.#policies];
  }

  #addFrontend(props: TenancyNetworkPoliciesProps, settings: NetworkSettings): void {
    const { frontend, prometheus, querier } = props;
    this.#addGroup(frontend.pods, {
      ingress: [
        ingressFrom(
          [tenantsPeer(), ...settings.clients.map(remotePeer)],
          [frontend.tenantPort.port],
        ),
        metricsIngress(prometheus.pods, frontend.pods),
      ],
      egress: [egressTo(querier.pods, [querier.queryPort.port]), settings.apiServer.toRule()],
      destinations: [settings.apiServer],
    });
  }

  #addQuerier({ frontend, prometheus, querier }: TenancyNetworkPoliciesProps): void {
    this.#addGroup(querier.pods, {
      ingress: [
        ingressFrom([groupPeer(frontend.pods)], [querier.queryPort.port]),
        metricsIngress(prometheus.pods, querier.pods),
      ],
      egress: querier.endpoints.map((store) => egressTo(store.storePods, [store.storePort.port])),
    });
  }

  #addPrometheus(props: TenancyNetworkPoliciesProps, settings: NetworkSettings): void {
    const { frontend, prometheus, querier } = props;
    const scraped = [
      frontend.pods,
      querier.pods,
      prometheus.pods,
      ...otherStores(props).map((store) => store.storePods),
    ];
    this.#addGroup(prometheus.pods, {
      ingress: [
        ingressFrom([groupPeer(querier.pods)], [prometheus.storePort.port]),
        metricsIngress(prometheus.pods, prometheus.pods),
      ],
      egress: [
        egressToTargets(settings),
        ...scraped.map((group) => egressTo(group, portNumbers(group.metricsPorts))),
        settings.apiServer.toRule(),
        settings.objstore.toRule(),
      ],
      destinations: [settings.apiServer, settings.objstore],
    });
  }

  #addStore(
    { prometheus, querier }: TenancyNetworkPoliciesProps,
    settings: NetworkSettings,
    store: StoreEndpoint,
  ): void {
    this.#addGroup(store.storePods, {
      ingress: [
        ingressFrom([groupPeer(querier.pods)], [store.storePort.port]),
        metricsIngress(prometheus.pods, store.storePods),
      ],
      egress: store.usesObjstore ? [settings.objstore.toRule()] : [],
      destinations: store.usesObjstore ? [settings.objstore] : [],
    });
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
          ...(rules.ingress === undefined ? {} : { ingress: [...rules.ingress] }),
          ...(rules.egress === undefined ? {} : { egress: [...rules.egress] }),
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

function metricsIngress(prometheus: PodGroup, target: PodGroup): k8s.NetworkPolicyIngressRule {
  return ingressFrom([groupPeer(prometheus)], portNumbers(target.metricsPorts));
}

function portNumbers(ports: readonly PodPort[]): number[] {
  return ports.map(({ port }) => port);
}

// The sidecar is a store too, but its pods are those of Prometheus and have a policy of their own.
function otherStores({ prometheus, querier }: TenancyNetworkPoliciesProps): StoreEndpoint[] {
  return querier.endpoints.filter((store) => store.storePods !== prometheus.storePods);
}
