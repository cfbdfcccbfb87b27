import { at, type Json, listAt } from '../../lib/support/manifests.ts';
import type { PodTemplate } from '../../lib/support/pod-templates.ts';
import { find, isExternal, type ManifestSet, valuesIn } from './manifest-set.ts';

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'];

/** All containers of a pod, those that run before the others included. */
export function containersOf({ spec }: PodTemplate): readonly Json[] {
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
}

/** Whether a pod listens on a port, by number or by name. */
export function hasPort(pod: PodTemplate, port: Json): boolean {
  return containersOf(pod)
    .flatMap((container) => listAt(container, 'ports'))
    .some((it) => at(it, 'name') === port || at(it, 'containerPort') === port);
}

/** Every mount has its volume, and every volume its mount. */
export function volumes({ pods }: ManifestSet): string[] {
  return pods.flatMap((pod) => {
    const names = listAt(pod.spec, 'volumes').map((it) => at(it, 'name'));
    const mounts = containersOf(pod)
      .flatMap((it) => listAt(it, 'volumeMounts'))
      .map((it) => at(it, 'name'));
    return [
      ...mounts
        .filter((it) => !names.includes(it))
        .map((it) => `${pod.owner} mounts ${String(it)}, which is no volume of it`),
      ...names
        .filter((it) => !mounts.includes(it))
        .map((it) => `${pod.owner} has a volume ${String(it)} that nothing mounts`),
      ...repeated(names).map((it) => `${pod.owner} has two volumes ${String(it)}`),
    ];
  });
}

/** Names and numbers of ports are unique in a pod, and probes ask one that is there. */
export function ports({ pods }: ManifestSet): string[] {
  return pods.flatMap((pod) => {
    const all = containersOf(pod).flatMap((it) => listAt(it, 'ports'));
    const probed = containersOf(pod)
      .flatMap((it) => PROBES.map((probe) => at(it, probe, 'httpGet', 'port')))
      .filter((it) => it !== undefined);
    return [
      ...repeated(all.map((it) => at(it, 'name'))).map(
        (it) => `${pod.owner} has two ports called ${String(it)}`,
      ),
      ...repeated(all.map((it) => at(it, 'containerPort'))).map(
        (it) => `${pod.owner} listens twice on ${String(it)}`,
      ),
      ...probed
        .filter((it) => !hasPort(pod, it))
        .map((it) => `${pod.owner} is probed on ${String(it)}, where it does not listen`),
    ];
  });
}

/** The ServiceAccount of a pod exists, and is named: the one called `default` belongs to everybody. */
export function serviceAccounts(set: ManifestSet): string[] {
  return set.pods.flatMap((pod) => {
    const name = at(pod.spec, 'serviceAccountName');
    return find(set, 'ServiceAccount', name, pod.namespace) === undefined
      ? [`${pod.owner} runs as ServiceAccount ${String(name)}, which does not exist`]
      : [];
  });
}

/** ConfigMaps and Secrets that pods refer to exist, with the keys they ask for. */
export function configuration(set: ManifestSet): string[] {
  return set.pods.flatMap((pod) =>
    [...valuesIn(pod.spec)].flatMap(([key, value]) => {
      const reference = referenceOf(key, value);
      if (reference === undefined) return [];
      const { keys, kind, name } = reference;
      const object = find(set, kind, name, pod.namespace);
      if (object === undefined) {
        return isExternal(set, kind, name, pod.namespace)
          ? []
          : [`${pod.owner} refers to ${kind} ${String(name)}, which does not exist`];
      }
      const data = ['data', 'binaryData', 'stringData'].flatMap((field) =>
        Object.keys(at(object, field) ?? {}),
      );
      return keys
        .filter((it) => !data.includes(String(it)))
        .map((it) => `${pod.owner} asks ${kind} ${String(name)} for ${String(it)}, which it lacks`);
    }),
  );
}

interface Reference {
  readonly kind: string;
  readonly name: Json;
  readonly keys: readonly Json[];
}

/** What a field of a pod refers to: a volume, a source of one, or a variable. */
function referenceOf(key: string, value: Json): Reference | undefined {
  const keys = listAt(value, 'items').map((it) => at(it, 'key'));
  switch (key) {
    case 'configMap':
    case 'configMapRef':
      return { kind: 'ConfigMap', name: at(value, 'name'), keys };
    case 'configMapKeyRef':
      return { kind: 'ConfigMap', name: at(value, 'name'), keys: [at(value, 'key')] };
    case 'secret':
    case 'secretRef':
      return { kind: 'Secret', name: at(value, 'secretName') ?? at(value, 'name'), keys };
    case 'secretKeyRef':
    case 'keySecret':
      return { kind: 'Secret', name: at(value, 'name'), keys: [at(value, 'key')] };
    default:
      return undefined;
  }
}

function repeated(values: readonly Json[]): Json[] {
  const known = values.filter((it) => it !== undefined);
  return [...new Set(known.filter((it, index) => known.indexOf(it) !== index))];
}
