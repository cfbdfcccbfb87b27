import { Yaml } from 'cdk8s';
import type { ManifestObject, OutputFile } from './manifest-files.ts';

/** Folder of the component that moves the platform to another namespace. */
export const NAMESPACE_COMPONENT = 'platform-namespace';

/** Name of the ConfigMap, and in it of the key, by which an overlay says where the platform goes. */
export const NAMESPACE_SOURCE = { name: 'platform-namespace', key: 'namespace' } as const;

type Path = readonly (string | number)[];

/** A place in an object that names the namespace of the platform. */
interface Mention {
  readonly path: Path;
  /** Where in a text it stands, if the text is more than the name. */
  readonly part?: { readonly delimiter: string; readonly index: number };
}

/** What texts name the platform by. */
export interface PlatformNames {
  readonly namespace: string;
  /** The label that carries the namespace of a series. */
  readonly tenancyLabel: string;
}

/** One entry under `targets` of a replacement of Kustomize. */
interface Target {
  readonly select: Readonly<Record<string, string>>;
  readonly fieldPaths: readonly string[];
  readonly options?: { readonly delimiter: string; readonly index: number };
}

/**
 * A component of Kustomize that moves the platform, and not its tenants, to another namespace.
 *
 * The field `namespace` of a kustomization cannot do that: it moves the objects of tenants as well, and
 * leaves alone what names a namespace elsewhere: selectors of namespaces in network policies, the
 * namespaces that admission policies spare, addresses in texts. All of these are looked up here and
 * listed one by one.
 *
 * @param objects Everything that is written.
 * @param platform The namespace of the platform in them.
 */
export function namespaceComponent(
  objects: readonly ManifestObject[],
  platform: PlatformNames,
): OutputFile {
  const { namespace } = platform;
  const targets = [
    ...objects.flatMap((object) => targetsIn(object, platform)),
    // Last, for the others find objects by the namespace they are in.
    { select: { namespace }, fieldPaths: ['metadata.namespace'] },
  ];
  const { name, key } = NAMESPACE_SOURCE;
  const component = {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    replacements: [
      { source: { kind: 'ConfigMap', name, fieldPath: `data.${key}` }, targets: [...targets] },
    ],
  };
  return { path: `${NAMESPACE_COMPONENT}/kustomization.yaml`, text: Yaml.stringify(component) };
}

function targetsIn(object: ManifestObject, platform: PlatformNames): Target[] {
  const [version = '', group] = object.apiVersion.split('/').toReversed();
  const { name, namespace: own } = object.metadata;
  const select = {
    ...(group === undefined ? {} : { group }),
    version,
    kind: object.kind,
    name,
    ...(own === undefined ? {} : { namespace: own }),
  };
  const mentions = [...mentionsIn(object, [], platform)].filter(
    ({ path }) => path.join('.') !== 'metadata.namespace',
  );
  const whole = mentions.filter(({ part }) => part === undefined);
  return [
    ...(whole.length === 0 ? [] : [{ select, fieldPaths: whole.map(({ path }) => join(path)) }]),
    ...mentions.flatMap(({ path, part }) =>
      part === undefined ? [] : [{ select, fieldPaths: [join(path)], options: part }],
    ),
  ];
}

// Kustomize separates the parts of a path by dots, so those in a key are escaped.
function join(path: Path): string {
  return path.map((key) => String(key).replaceAll('.', '\\.')).join('.');
}

function* mentionsIn(value: unknown, path: Path, platform: PlatformNames): Generator<Mention> {
  if (typeof value === 'string') {
    if (value === platform.namespace && namesNamespaces(path)) yield { path };
    yield* partsOf(value, path, platform).map((part): Mention => ({ path, part }));
  } else if (typeof value === 'object' && value !== null) {
    const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
      ? value.map((it: unknown, index) => [index, it])
      : Object.entries(value);
    for (const [key, it] of entries) {
      if (key === 'values' && !isAboutNames(value)) continue;
      if (key === 'replacement' && it === platform.namespace && isAboutSeries(value, platform)) {
        yield { path: [...path, key] };
        continue;
      }
      yield* mentionsIn(it, [...path, key], platform);
    }
  }
}

/** The label of a namespace that holds its name. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Fields of Kubernetes and of the operator that hold names of namespaces. */
const FIELDS = ['namespace', NAMESPACE_NAME, 'matchNames', 'namespaces', 'values'];

function namesNamespaces(path: Path): boolean {
  const names = path.filter((key) => typeof key === 'string');
  return FIELDS.includes(names.at(-1) ?? '');
}

// `values` belong to an expression over labels, which is about namespaces if its key is their name.
function isAboutNames(expression: object): boolean {
  return 'key' in expression && expression.key === NAMESPACE_NAME;
}

// A relabelling that gives series to a namespace.
function isAboutSeries(relabelling: object, { tenancyLabel }: PlatformNames): boolean {
  const label = 'targetLabel' in relabelling ? relabelling.targetLabel : undefined;
  return label === 'namespace' || label === tenancyLabel;
}

// An address of a Service, a name in a certificate, the name of a ServiceAccount as a user, or a matcher,
// which stands in JSON with its quotes escaped.
function partsOf(
  text: string,
  path: Path,
  { namespace, tenancyLabel }: PlatformNames,
): { readonly delimiter: string; readonly index: number }[] {
  if (!text.includes(namespace)) return [];
  const mentions = (delimiter: string, isMention: (parts: Parts, index: number) => boolean) => {
    const parts = text.split(delimiter);
    return parts.flatMap((part, index) =>
      part === namespace && isMention(parts, index) ? [{ delimiter, index }] : [],
    );
  };
  const matcher = new RegExp(`(?<!\\w)(?:namespace|${tenancyLabel})=~?$`);
  const isMatched = (parts: Parts, index: number): boolean => matcher.test(parts[index - 1] ?? '');
  return [
    ...mentions(
      '.',
      (parts, index) => path.includes('dnsNames') || /^svc(?![\w-])/.test(parts[index + 1] ?? ''),
    ),
    ...mentions(
      ':',
      (parts, index) =>
        parts[index - 1] === 'serviceaccount' && (parts[index - 2] ?? '').endsWith('system'),
    ),
    ...mentions('"', isMatched),
    ...mentions('\\"', isMatched),
  ];
}

type Parts = readonly string[];
