import { at, type Json, listAt, type Manifest } from '../../test/lib/support/manifests.ts';

/** What one container of the example asks for. */
export interface ContainerSize {
  readonly workload: string;
  readonly container: string;
  readonly replicas: number;
  readonly cpu: string;
  readonly memory: string;
  readonly memoryLimit: string;
  /** Disk of each replica, or `none`. */
  readonly disk: string;
}

const KINDS = ['Deployment', 'StatefulSet', 'Prometheus', 'ThanosRuler'];

/** What each container asks for, in the order of the manifests. */
export function containerSizes(manifests: readonly Manifest[]): readonly ContainerSize[] {
  return manifests.filter(({ kind }) => KINDS.includes(kind)).flatMap(sizesOf);
}

function sizesOf({ kind, metadata, spec }: Manifest): readonly ContainerSize[] {
  const claim = at(listAt(spec, 'volumeClaimTemplates')[0], 'spec') ?? claimOfOperator(spec);
  const replicas = at(spec, 'replicas');
  const workload = `${kind} ${metadata.name}`;
  return containersOf(kind, spec).map(({ name, resources }, index) => ({
    workload,
    container: name,
    replicas: typeof replicas === 'number' ? replicas : 1,
    cpu: textOf(resources, 'requests', 'cpu'),
    memory: textOf(resources, 'requests', 'memory'),
    memoryLimit: textOf(resources, 'limits', 'memory'),
    disk: index === 0 ? textOf(claim, 'resources', 'requests', 'storage') : 'none',
  }));
}

interface Container {
  readonly name: string;
  readonly resources: Json;
}

function containersOf(kind: string, spec: Json): readonly Container[] {
  if (kind === 'Prometheus') {
    return [
      { name: 'prometheus', resources: at(spec, 'resources') },
      { name: 'thanos-sidecar', resources: at(spec, 'thanos', 'resources') },
    ];
  }
  if (kind === 'ThanosRuler') return [{ name: 'thanos-ruler', resources: at(spec, 'resources') }];
  return listAt(spec, 'template', 'spec', 'containers').map((it) => ({
    name: String(at(it, 'name')),
    resources: at(it, 'resources'),
  }));
}

function claimOfOperator(spec: Json): Json {
  return at(spec, 'storage', 'volumeClaimTemplate', 'spec');
}

function textOf(value: Json, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : 'none';
}
