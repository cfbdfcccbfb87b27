import type { NetworkNode } from '../../lib/index.ts';
import { at, listAt, type Manifest, textsAt } from '../../test/lib/support/manifests.ts';
import { type PodTemplate, podTemplates } from '../../test/lib/support/pod-templates.ts';

/** A port that a part listens on. */
export interface PartPort {
  readonly name: string;
  readonly port: number;
}

/** A workload of the platform: the object that makes pods, and these pods. */
export interface Part {
  /** Its kind, such as `StatefulSet`. */
  readonly kind: string;
  /** Its name. */
  readonly name: string;
  readonly replicas: number;
  /** The ports of its containers, the lowest first. */
  readonly ports: readonly PartPort[];
  /** One of its pods, for the network policies. */
  readonly node: NetworkNode;
}

/** A Service of the platform. */
export interface PartService {
  readonly name: string;
  /** Whether it has no address of its own, but names each pod. */
  readonly isHeadless: boolean;
  readonly ports: readonly PartPort[];
  /** The names of the parts that it selects. */
  readonly parts: readonly string[];
}

/** The workloads of a namespace, in the order of the manifests. */
export function partsOf(manifests: readonly Manifest[], namespace: string): readonly Part[] {
  return podTemplates(manifests)
    .filter((template) => template.namespace === namespace)
    .map((template) => {
      const [kind = '', name = ''] = template.owner.split(' ');
      const owner = manifests.find((it) => it.kind === kind && it.metadata.name === name);
      // The name of a resource of the operator says little without its kind.
      const title = kind === 'Prometheus' ? `prometheus-${name}` : name;
      const replicas = at(owner?.spec, 'replicas');
      const ports = portsOf(template);
      return {
        kind,
        name: title,
        replicas: typeof replicas === 'number' ? replicas : 1,
        ports,
        node: nodeOf(title, template, ports),
      };
    });
}

/** The Services of a namespace, in the order of the manifests. */
export function servicesOf(
  manifests: readonly Manifest[],
  namespace: string,
  parts: readonly Part[],
): readonly PartService[] {
  return manifests
    .filter(({ kind, metadata }) => kind === 'Service' && metadata.namespace === namespace)
    .map(({ metadata, spec }) => {
      const selector = Object.entries(textsAt(spec, 'selector'));
      const selected = parts.filter(({ node }) =>
        selector.every(([label, value]) => node.pod?.labels[label] === value),
      );
      return {
        name: metadata.name,
        isHeadless: at(spec, 'clusterIP') === 'None',
        ports: listAt(spec, 'ports').map((it) => ({
          name: String(at(it, 'name')),
          port: Number(at(it, 'port')),
        })),
        parts: selected.map(({ name }) => name),
      };
    });
}

function portsOf({ spec }: PodTemplate): readonly PartPort[] {
  return listAt(spec, 'containers')
    .flatMap((container) => listAt(container, 'ports'))
    .map((it) => ({ name: String(at(it, 'name')), port: Number(at(it, 'containerPort')) }))
    .toSorted((a, b) => a.port - b.port);
}

function nodeOf(
  name: string,
  { labels, namespace }: PodTemplate,
  ports: readonly PartPort[],
): NetworkNode {
  return {
    name,
    address: '10.1.2.3',
    pod: {
      namespace,
      labels,
      namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
      ports: Object.fromEntries(ports.map((it) => [it.name, it.port])),
    },
  };
}
