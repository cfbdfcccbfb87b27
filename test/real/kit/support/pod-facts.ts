import { at, type Json, listAt } from '../../../lib/support/manifests.ts';
import type { PodTemplate } from '../../../lib/support/pod-templates.ts';

/** What checks without a cluster read of a pod. */
export interface PodFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly identity: Json;
  /** Names of containers, and what each one has. */
  readonly containers: readonly string[];
  /** Names of volumes, and where each one comes from. */
  readonly volumes: readonly string[];
}

/** Reads those facts. */
export function factsOf({ labels, spec }: Pick<PodTemplate, 'labels' | 'spec'>): PodFacts {
  return {
    labels,
    identity: {
      serviceAccountName: at(spec, 'serviceAccountName'),
      securityContext: at(spec, 'securityContext'),
      // Absent and false are one.
      shareProcessNamespace: at(spec, 'shareProcessNamespace') === true,
    },
    containers: listAt(spec, 'containers').flatMap((it) => {
      const name = String(at(it, 'name'));
      // The reloader is of the operator's own choice.
      const image = name === 'config-reloader' ? '' : String(at(it, 'image'));
      const ports = listAt(it, 'ports').map(
        (port) => `port ${String(at(port, 'name'))} ${String(at(port, 'containerPort'))}`,
      );
      const mounts = listAt(it, 'volumeMounts').map(
        (mount) => `mount ${String(at(mount, 'mountPath'))}`,
      );
      return [`image ${image}`, ...ports, ...mounts].map((fact) => `${name}: ${fact}`);
    }),
    volumes: listAt(spec, 'volumes')
      .filter((it) => at(it, 'emptyDir') === undefined)
      .map((it) => {
        const source = at(it, 'secret', 'secretName') ?? at(it, 'configMap', 'name');
        return `${String(at(it, 'name'))}: ${String(source)}`;
      }),
  };
}

/** Whether a fact about a container is another one than a mount. */
export const isNoMount = (fact: string): boolean => !fact.includes(': mount ');
