import { isReachable, type ManifestPolicy, type NetworkNode } from '../../../lib/index.ts';
import type { Manifest } from './manifests.ts';

/** The network policies among some objects. */
export function policiesOf(manifests: readonly Manifest[]): ManifestPolicy[] {
  return manifests.filter((it) => it.kind === 'NetworkPolicy') as unknown as ManifestPolicy[];
}

/** A pod with an address. */
export function pod(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  marks: Readonly<Record<string, string>> = {},
): NetworkNode {
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace, ...marks };
  return { name, address: '10.1.2.3', pod: { namespace, labels, namespaceLabels } };
}

const PORTS = [
  53, 80, 443, 6_443, 8_080, 8_443, 9_090, 9_091, 9_092, 9_093, 9_100, 10_901, 10_902, 11_211,
  19_291, 19_391,
];

/** Which ports are open between two nodes, one line a pair; pairs without an open port are left out. */
export function table(
  policies: readonly ManifestPolicy[],
  froms: readonly NetworkNode[],
  tos: readonly NetworkNode[],
): string[] {
  return froms.flatMap((from) =>
    tos
      .map((to) => {
        const open = PORTS.filter((port) => isReachable(policies, { from, to, port }));
        const ports = open.length === PORTS.length ? 'any' : open.join(' ');
        return ports === '' ? '' : `${from.name} -> ${to.name}: ${ports}`;
      })
      .filter((line) => line !== ''),
  );
}
