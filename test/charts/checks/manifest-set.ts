import { at, type Json, type Manifest, textsAt } from '../../lib/support/manifests.ts';
import { type PodTemplate, podTemplates } from '../../lib/support/pod-templates.ts';

/** What is said to be there besides the manifests. */
export interface Surroundings {
  /** Objects, as `kind namespace/name`; `*` stands for every namespace. */
  readonly objects: readonly string[];
  /** Namespaces that policies may name. */
  readonly namespaces: readonly string[];
}

/** What the manifests as they are shipped expect to exist. */
export const EXPECTED: Surroundings = {
  objects: [
    'Secret */thanos-objstore-secret',
    'Secret */tenant-query-frontend-tls',
    'Secret */prometheus-web-tls',
    'Secret */prometheus-web-client-tls',
  ],
  namespaces: ['kube-system'],
};

/** Manifests that are looked at together. */
export interface ManifestSet extends Surroundings {
  readonly manifests: readonly Manifest[];
  readonly pods: readonly PodTemplate[];
}

/** Looks at manifests as a set. */
export function manifestSet(
  manifests: readonly Manifest[],
  surroundings: Surroundings = EXPECTED,
): ManifestSet {
  return { manifests, pods: podTemplates(manifests), ...surroundings };
}

/** The objects of some kinds. */
export function ofKind({ manifests }: ManifestSet, ...kinds: readonly string[]): Manifest[] {
  return manifests.filter(({ kind }) => kinds.includes(kind));
}

/** Names an object in a problem. */
export function title({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Finds an object; a cluster's own has no namespace. */
export function find(
  { manifests }: ManifestSet,
  kind: string,
  name: Json,
  namespace?: string,
): Manifest | undefined {
  return manifests.find(
    (it) => it.kind === kind && it.metadata.name === name && it.metadata.namespace === namespace,
  );
}

/** Whether somebody else makes an object: whoever is said to, or cert-manager. */
export function isExternal(
  { manifests, objects }: ManifestSet,
  kind: string,
  name: Json,
  namespace: string | undefined,
): boolean {
  const isIssued = manifests.some(
    (it) =>
      it.kind === 'Certificate' &&
      it.metadata.namespace === namespace &&
      at(it.spec, 'secretName') === name,
  );
  return (
    (kind === 'Secret' && isIssued) ||
    ['*', namespace ?? ''].some((it) => objects.includes(`${kind} ${it}/${String(name)}`))
  );
}

/** Whether labels match a label selector. One that is not there selects nothing, an empty one all. */
export function matches(selector: Json, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return false;
  const expressions = at(selector, 'matchExpressions');
  return (
    Object.entries(textsAt(selector, 'matchLabels')).every(([key, it]) => labels[key] === it) &&
    (!Array.isArray(expressions) || expressions.every((it: Json) => matchesOne(it, labels)))
  );
}

function matchesOne(expression: Json, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[String(at(expression, 'key'))];
  const values = at(expression, 'values');
  const isIn = Array.isArray(values) && values.includes(value);
  switch (at(expression, 'operator')) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return isIn;
    case 'NotIn':
      return !isIn;
    default:
      throw new RangeError(`a selector says ${String(at(expression, 'operator'))}`);
  }
}

/** Every value below another one, itself included, with the key it stands under. */
export function* valuesIn(value: Json, key = ''): Generator<readonly [key: string, value: Json]> {
  yield [key, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, it] of Object.entries(value)) {
    yield* valuesIn(it, Array.isArray(value) ? key : name);
  }
}
