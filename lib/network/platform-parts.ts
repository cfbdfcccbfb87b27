import { SynthError } from '../synth-error.ts';
import type { StoreEndpoint } from '../thanos/store-endpoint.ts';
import { isSameGroup, type NetworkPart } from './network-part.ts';
import type {
  NetworkSettings,
  TenancyNetworkPoliciesProps,
} from './tenancy-network-policies-props.ts';

/**
 * Everything that the policies speak of, each pod group once: the frontend, the querier, Prometheus,
 * the stores, and the parts that were named.
 */
export function platformParts(
  subject: string,
  props: TenancyNetworkPoliciesProps,
  settings: NetworkSettings,
): NetworkPart[] {
  const parts = [
    frontendPart(props, settings),
    querierPart(props),
    prometheusPart(props, settings),
    ...(props.parts ?? []),
    ...props.querier.endpoints.map(storePart),
  ];
  // A ruler is a store and a part. What was named says more about it, and comes first.
  const unique = parts.filter(
    (part, index) => parts.findIndex(({ pods }) => isSameGroup(pods, part.pods)) === index,
  );
  refuseUnknownTargets(subject, unique);
  refuseUnknownProviders(subject, props, settings);
  return unique;
}

function frontendPart(
  { frontend }: TenancyNetworkPoliciesProps,
  { apiServer, identityProviders }: NetworkSettings,
): NetworkPart {
  const { connections, destinations, pods } = frontend;
  return {
    pods,
    connections,
    usesObjstore: false,
    destinations: [apiServer, ...destinations, ...identityProviders],
  };
}

function querierPart({ querier }: TenancyNetworkPoliciesProps): NetworkPart {
  const connections = querier.endpoints.map((store) => ({
    to: store.storePods,
    port: store.storePort,
  }));
  return { pods: querier.pods, connections, usesObjstore: false };
}

function prometheusPart(
  { prometheus }: TenancyNetworkPoliciesProps,
  { apiServer, scrapeTargets }: NetworkSettings,
): NetworkPart {
  const { destinations, pods, usesObjstore } = prometheus;
  const targets = [apiServer, ...destinations, ...scrapeTargets];
  return { pods, connections: [], usesObjstore, destinations: targets };
}

function storePart(store: StoreEndpoint): NetworkPart {
  const { connections = [], destinations = [], storePods, usesObjstore } = store;
  return { pods: storePods, connections, usesObjstore, destinations };
}

// Without a policy of its own the target would stay closed, and nobody would know why.
function refuseUnknownTargets(subject: string, parts: readonly NetworkPart[]): void {
  for (const { connections, pods } of parts) {
    const unknown = connections.find(({ to }) => !parts.some((part) => isSameGroup(part.pods, to)));
    if (unknown === undefined) continue;
    throw new SynthError(
      subject,
      `${pods.component} connects to ${unknown.to.component}, which is not among its parts`,
      `name the ${unknown.to.component} in parts`,
    );
  }
}

// Without a way to their keys the frontend would reject every token of theirs.
function refuseUnknownProviders(
  subject: string,
  { frontend }: TenancyNetworkPoliciesProps,
  { identityProviders }: NetworkSettings,
): void {
  const [provider] = frontend.identityProviders;
  if (provider !== undefined && identityProviders.length === 0) {
    throw new SynthError(
      `${subject} identityProviders`,
      `is empty, and the frontend asks ${provider} for keys`,
      'name the addresses of every identity provider',
    );
  }
  if (provider === undefined && identityProviders.length > 0) {
    throw new SynthError(
      `${subject} identityProviders`,
      'opens a way that the frontend does not need',
      'leave it out, or pass features.oidcIssuers to the frontend',
    );
  }
}
