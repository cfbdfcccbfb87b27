import { NEIGHBOURS } from '../../../docs/platform/neighbours.ts';
import { partsOf } from '../../../docs/platform/parts.ts';
import { type Connection, type NetworkNode, PART_OF } from '../../../lib/index.ts';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import type { Manifest } from '../../lib/support/manifests.ts';
import { podTemplates } from '../../lib/support/pod-templates.ts';

// Beside those that somebody listens on: what policies speak of, their neighbours, and one that nobody knows.
const OTHER_PORTS = [53, 54, 80, 442, 443, 6_443, 9_093, 9_100, 19_291, 65_535];

/**
 * The pods that manifests make, those of tenants that carry their labels, one of the kit that no policy for
 * a part knows, and who else there is.
 */
export function nodesAround(manifests: readonly Manifest[]): readonly NetworkNode[] {
  const namespaces = new Set(podTemplates(manifests).map(({ namespace }) => namespace));
  const pods = [...namespaces].flatMap((namespace) =>
    partsOf(manifests, namespace).map(({ node }) => node),
  );
  return [
    ...pods,
    ...pods.map(impostorOf),
    ...[...namespaces].map(unknownPartIn),
    ...NEIGHBOURS.map(({ node }) => node),
  ];
}

/** Every connection from one node to another, by TCP and UDP, to every port that means something. */
export function connectionsBetween(nodes: readonly NetworkNode[]): readonly Connection[] {
  const ports = portsOf(nodes);
  return nodes.flatMap((from) =>
    nodes.flatMap((to) =>
      ports.flatMap((port) => ['TCP', 'UDP'].map((protocol) => ({ from, to, port, protocol }))),
    ),
  );
}

/** The ports that are tried between nodes. */
export function portsOf(nodes: readonly NetworkNode[]): readonly number[] {
  const listened = nodes.flatMap(({ pod }) => Object.values(pod?.ports ?? {}));
  return [...new Set([...listened, ...OTHER_PORTS])].toSorted((a, b) => a - b);
}

/** The node of a name. */
export function nodeOf(nodes: readonly NetworkNode[], name: string): NetworkNode {
  const found = nodes.find((node) => node.name === name);
  if (found === undefined) throw new RangeError(`no node is called ${name}`);
  return found;
}

// A tenant chooses the labels of its pods.
function impostorOf({ name, pod }: NetworkNode): NetworkNode {
  const namespaceLabels = {
    'kubernetes.io/metadata.name': 'team-b',
    [TENANT_NAMESPACE_LABEL]: 'true',
  };
  return {
    name: `impostor of ${name}`,
    address: '10.1.2.5',
    pod: { ...pod, namespace: 'team-b', labels: pod?.labels ?? {}, namespaceLabels },
  };
}

function unknownPartIn(namespace: string): NetworkNode {
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace };
  return {
    name: `unknown part in ${namespace}`,
    address: '10.1.2.6',
    pod: { namespace, namespaceLabels, labels: { 'app.kubernetes.io/part-of': PART_OF } },
  };
}
