import { at, type Json, listAt, type Manifest, textsAt } from '../../lib/support/manifests.ts';
import type { PodTemplate } from '../../lib/support/pod-templates.ts';
import { find, type ManifestSet, matches, ofKind, title, valuesIn } from './manifest-set.ts';
import { hasPort } from './pods.ts';

/** A Service selects pods, all of which listen where it sends to. */
export function services(set: ManifestSet): string[] {
  return ofKind(set, 'Service').flatMap((service) => {
    if (at(service.spec, 'selector') === undefined) return [];
    const matchLabels = textsAt(service.spec, 'selector');
    const pods = podsBy(set, { matchLabels }, service.metadata.namespace);
    if (pods.length === 0) return [`${title(service)} selects no pod`];
    return listAt(service.spec, 'ports')
      .map((it) => at(it, 'targetPort') ?? at(it, 'port'))
      .filter((port) => !pods.every((pod) => hasPort(pod, port)))
      .map((port) => `${title(service)} sends to port ${String(port)}, which its pods lack`);
  });
}

/** A ServiceMonitor selects Services, and a PodMonitor pods, that have the port it scrapes. */
export function monitors(set: ManifestSet): string[] {
  const ofServices = ofKind(set, 'ServiceMonitor').flatMap((monitor) => {
    const found = ofKind(set, 'Service').filter(
      ({ metadata }) =>
        watches(monitor, metadata.namespace) &&
        matches(at(monitor.spec, 'selector'), metadata.labels ?? {}),
    );
    if (found.length === 0) return [`${title(monitor)} selects no Service`];
    return listAt(monitor.spec, 'endpoints')
      .map((it) => at(it, 'port'))
      .filter((port) => !found.some((it) => portNames(it).includes(port)))
      .map((port) => `${title(monitor)} scrapes port ${String(port)}, which no Service has`);
  });
  const ofPods = ofKind(set, 'PodMonitor').flatMap((monitor) => {
    const found = set.pods.filter(
      (pod) => watches(monitor, pod.namespace) && matches(at(monitor.spec, 'selector'), pod.labels),
    );
    if (found.length === 0) return [`${title(monitor)} selects no pod`];
    return listAt(monitor.spec, 'podMetricsEndpoints')
      .map((it) => at(it, 'port'))
      .filter((port) => !found.some((pod) => hasPort(pod, port)))
      .map((port) => `${title(monitor)} scrapes port ${String(port)}, which no pod has`);
  });
  return [...ofServices, ...ofPods];
}

/** Every Service that an address names exists and has that port; behind an SRV record it is headless. */
export function addresses(set: ManifestSet): string[] {
  return set.manifests.flatMap((manifest) =>
    [...textsOf(manifest)].flatMap((text) => [
      ...[...text.matchAll(SRV)].flatMap(({ groups = {} }) => {
        const service = serviceOf(set, manifest, groups);
        const isThere = service !== undefined && portNames(service).includes(groups['port']);
        return isThere && at(service.spec, 'clusterIP') === 'None'
          ? []
          : [`${title(manifest)} looks up ${groups['all']}, which no headless Service answers`];
      }),
      ...[...text.matchAll(URL_OF_SERVICE)].flatMap(({ groups = {} }) => {
        if (groups['name'] === 'localhost' || groups['name'] === 'kubernetes') return [];
        const numbers = listAt(serviceOf(set, manifest, groups)?.spec, 'ports').map((it) =>
          String(at(it, 'port')),
        );
        return numbers.includes(groups['port'] ?? '')
          ? []
          : [`${title(manifest)} calls ${groups['all']}, where no Service listens`];
      }),
    ]),
  );
}

const SRV =
  /(?<all>dnssrv(?:noa)?\+_(?<port>[\w-]+)\._tcp\.(?<name>[\w-]+)(?:\.(?<namespace>[\w-]+)\.svc[\w.]*)?)/g;
const URL_OF_SERVICE =
  /(?<all>https?:\/\/(?<name>[a-z][\w-]*)(?:\.(?<namespace>[\w-]+)\.svc(?:\.cluster\.local)?)?:(?<port>\d+))/g;

function* textsOf(manifest: Manifest): Generator<string> {
  for (const [key, value] of valuesIn(manifest)) {
    // The runtime's code names addresses as examples.
    if (typeof value === 'string' && !key.endsWith('.mjs')) yield value;
  }
}

function serviceOf(
  set: ManifestSet,
  { metadata }: Manifest,
  { name, namespace }: Record<string, string | undefined>,
): Manifest | undefined {
  return find(set, 'Service', name, namespace ?? metadata.namespace);
}

/**
 * A NetworkPolicy selects pods, lets them be reached where they listen, and names no peer that is
 * nobody. In namespaces of tenants, whose pods are theirs, only the peers are looked at.
 */
export function networkPolicies(set: ManifestSet): string[] {
  const known = new Set([...set.pods.map(({ namespace }) => namespace), ...set.namespaces]);
  return ofKind(set, 'NetworkPolicy').flatMap((policy) => {
    const { namespace = '' } = policy.metadata;
    const pods = podsBy(set, at(policy.spec, 'podSelector'), namespace);
    const isOurs = set.pods.some((pod) => pod.namespace === namespace);
    const rules = [
      ...listAt(policy.spec, 'ingress').map((rule) => ({ rule, peers: listAt(rule, 'from') })),
      ...listAt(policy.spec, 'egress').map((rule) => ({ rule, peers: listAt(rule, 'to') })),
    ];
    const openPorts = listAt(policy.spec, 'ingress')
      .flatMap((rule) => listAt(rule, 'ports'))
      .map((it) => at(it, 'port'));
    return [
      ...(isOurs && pods.length === 0 ? [`${title(policy)} selects no pod`] : []),
      ...openPorts
        .filter((port) => pods.length > 0 && !pods.some((pod) => hasPort(pod, port)))
        .map((port) => `${title(policy)} opens port ${String(port)}, where no pod listens`),
      ...rules.flatMap(({ peers }) =>
        peers
          .filter((peer) => isNobody(set, peer, namespace, known))
          .map((peer) => `${title(policy)} names a peer that is nobody: ${JSON.stringify(peer)}`),
      ),
    ];
  });
}

function isNobody(set: ManifestSet, peer: Json, own: string, known: ReadonlySet<string>): boolean {
  const selector = at(peer, 'namespaceSelector');
  const podSelector = at(peer, 'podSelector');
  const name = textsAt(selector, 'matchLabels')['kubernetes.io/metadata.name'];
  if (name !== undefined && !known.has(name)) return true;
  const namespace = selector === undefined ? own : name;
  if (podSelector === undefined || namespace === undefined) return false;
  if (set.namespaces.includes(namespace)) return false;
  return podsBy(set, podSelector, namespace).length === 0;
}

/** Pods that a label selector selects in a namespace. */
export function podsBy(
  { pods }: ManifestSet,
  selector: Json,
  namespace: string | undefined,
): PodTemplate[] {
  return pods.filter((it) => it.namespace === namespace && matches(selector, it.labels));
}

function portNames(service: Manifest): Json[] {
  return listAt(service.spec, 'ports').map((it) => at(it, 'name'));
}

function watches(monitor: Manifest, namespace: string | undefined): boolean {
  const selector = at(monitor.spec, 'namespaceSelector');
  const names = listAt(selector, 'matchNames');
  if (at(selector, 'any') === true) return true;
  return names.length === 0 ? namespace === monitor.metadata.namespace : names.includes(namespace);
}
