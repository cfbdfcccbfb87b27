import { isReachable, type ManifestPolicy, type NetworkNode } from '../../lib/index.ts';
import type { Manifest } from '../../test/lib/support/manifests.ts';

/** Which ports of one node another one reaches. */
export interface Reach {
  readonly from: string;
  readonly to: string;
  /** The ports that are open, in order; never empty. */
  readonly ports: readonly number[];
  /** Whether all ports that were tried are open. */
  readonly isEverything: boolean;
}

/** The network policies among manifests. */
export function policiesIn(manifests: readonly Manifest[]): readonly ManifestPolicy[] {
  return manifests.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as ManifestPolicy[];
}

/** Every pair of nodes with an open port between them. */
export function reachesBetween(
  policies: readonly ManifestPolicy[],
  froms: readonly NetworkNode[],
  tos: readonly NetworkNode[],
  ports: readonly number[],
): readonly Reach[] {
  return froms.flatMap((from) =>
    tos.flatMap((to) => {
      // Two addresses outside have no pod that a policy could bind.
      if (from.pod === undefined && to.pod === undefined) return [];
      const open = ports.filter((port) => isReachable(policies, { from, to, port }));
      if (open.length === 0) return [];
      const isEverything = open.length === ports.length;
      return [{ from: from.name, to: to.name, ports: open, isEverything }];
    }),
  );
}
