import { ATTRIBUTE_PRESETS, type ResourceAttributesConfig } from '../../config/query-frontend.ts';
import { accept, refuse, type Result } from '../../result.ts';
import { type Finding, type FlagProblem, note, warn } from './finding.ts';
import { becomes, dropped, type Outcome, warning } from './flag.ts';

/** One key of kube-rbac-proxy's configuration file. */
export interface ConfigKey {
  readonly path: string;
  readonly outcome: Outcome;
}

const NAMESPACE = 'authorization.resourceAttributes.namespace';
const GROUP = 'authorization.resourceAttributes.apiGroup';
const VERSION = 'authorization.resourceAttributes.apiVersion';
const RESOURCE = 'authorization.resourceAttributes.resource';
const SUBRESOURCE = 'authorization.resourceAttributes.subresource';
const NAME = 'authorization.resourceAttributes.name';
const PARAMETER = 'authorization.rewrites.byQueryParameter.name';
const HEADER = 'authorization.rewrites.byHttpHeader.name';
const STATIC = 'authorization.static';

/** Every key of the configuration file. */
export const CONFIG_KEYS: readonly ConfigKey[] = [
  { path: GROUP, outcome: becomes(['access.attributes.group']) },
  { path: VERSION, outcome: dropped('RBAC does not look at it') },
  { path: RESOURCE, outcome: becomes(['access.attributes.resource']) },
  { path: SUBRESOURCE, outcome: becomes(['access.attributes.subresource']) },
  {
    path: NAMESPACE,
    outcome: becomes(
      [],
      'each namespace that a request names is asked about; with anything but `{{ .Value }}` there is a warning',
    ),
  },
  { path: NAME, outcome: becomes(['access.attributes.name']) },
  {
    path: PARAMETER,
    outcome: becomes([], 'the parameter is `namespace`; with another name there is a warning'),
  },
  {
    path: HEADER,
    outcome: becomes([], 'the header is `X-Scope-OrgID`; with another name there is a warning'),
  },
  {
    path: STATIC,
    outcome: warning(
      'nobody is admitted without the API server',
      'bind those users and groups to the Role of readers in the namespaces they may read',
    ),
  },
];

/** The values of a configuration file, by path. Those of {@link STATIC} are one text. */
export type KrpConfig = ReadonlyMap<string, string>;

/** What the file becomes. */
export interface TranslatedAttributes {
  /** The name of a preset, or the attributes in full. */
  readonly attributes: string | ResourceAttributesConfig;
  readonly findings: readonly Finding[];
}

const PLACEHOLDER = /^\{\{-?\s*\.Value\s*-?\}\}$/;
const TEMPLATE = '{{';
const HEADER_NAME = 'x-scope-orgid';
const DEFAULT_PRESET = 'seed';

/** Reads the document of the configuration file. Keys that are not known are refused by name. */
export function readKrpConfig(document: unknown): Result<KrpConfig, FlagProblem> {
  const values = new Map<string, string>();
  const problem = collect(document, '', values);
  return problem === undefined ? accept(values) : refuse(problem);
}

/** Translates what the access reviews ask for. */
export function translateAttributes(config: KrpConfig): TranslatedAttributes {
  const asked = readAttributes(config);
  return {
    attributes: asked.attributes,
    findings: [
      ...asked.findings,
      ...namespaceFindings(config),
      ...sourceFindings(config),
      ...CONFIG_KEYS.flatMap(({ path, outcome }) => keyFindings(path, outcome, config.get(path))),
    ],
  };
}

function collect(
  value: unknown,
  path: string,
  values: Map<string, string>,
): FlagProblem | undefined {
  if (value === null || value === undefined) return undefined;
  // The program reads keys whatever their case.
  const key = CONFIG_KEYS.find((it) => it.path.toLowerCase() === path.toLowerCase());
  if (key?.path === STATIC) {
    if (!Array.isArray(value)) return { subject: path, message: 'must be a list' };
    if (value.length > 0)
      values.set(STATIC, value.length === 1 ? '1 rule' : `${value.length} rules`);
    return undefined;
  }
  if (key !== undefined) {
    if (typeof value !== 'string') return { subject: path, message: 'must be a text' };
    if (value !== '') values.set(key.path, value);
    return undefined;
  }
  const isGroup =
    path === '' ||
    CONFIG_KEYS.some((it) => it.path.toLowerCase().startsWith(`${path.toLowerCase()}.`));
  if (!isGroup)
    return { subject: path, message: 'is no key of kube-rbac-proxy that is known here' };
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { subject: path === '' ? '--config-file' : path, message: 'must be a group of keys' };
  }
  for (const [name, member] of Object.entries(value)) {
    const problem = collect(member, path === '' ? name : `${path}.${name}`, values);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function readAttributes(config: KrpConfig): TranslatedAttributes {
  const resource = config.get(RESOURCE);
  if (resource === undefined) {
    const message =
      'without it kube-rbac-proxy asks about the path of the request; here each namespace is asked about, and the default is `get` on `namespace/metrics`: bind callers to a Role that allows it';
    return { attributes: DEFAULT_PRESET, findings: [warn(RESOURCE, undefined, message)] };
  }
  const templates = [GROUP, RESOURCE, SUBRESOURCE, NAME].filter((path) =>
    config.get(path)?.includes(TEMPLATE),
  );
  if (templates.length > 0) {
    const message =
      'only the namespace may come from the request, so the default is asked, `get` on `namespace/metrics`: bind callers to a Role that allows it';
    return {
      attributes: DEFAULT_PRESET,
      findings: templates.map((path) => warn(path, config.get(path), message)),
    };
  }
  const name = config.get(NAME);
  const attributes: ResourceAttributesConfig = {
    verb: 'get',
    group: config.get(GROUP) ?? '',
    resource,
    subresource: config.get(SUBRESOURCE) ?? '',
    ...(name !== undefined && { name }),
  };
  const message = 'the verb is `get` for every read, whatever the HTTP method';
  return {
    attributes: presetOf(attributes) ?? attributes,
    findings: [note('authorization.resourceAttributes', undefined, message)],
  };
}

function presetOf(attributes: ResourceAttributesConfig): string | undefined {
  return Object.entries(ATTRIBUTE_PRESETS).find(
    ([, preset]) =>
      preset.verb === attributes.verb &&
      preset.group === attributes.group &&
      preset.resource === attributes.resource &&
      preset.subresource === attributes.subresource &&
      preset.name === attributes.name,
  )?.[0];
}

function namespaceFindings(config: KrpConfig): readonly Finding[] {
  const namespace = config.get(NAMESPACE);
  if (config.get(RESOURCE) === undefined) return [];
  if (namespace !== undefined && PLACEHOLDER.test(namespace)) return [];
  const message =
    'a right in one namespace admits nobody to others; each namespace that a request names is asked about: bind callers there';
  return [warn(NAMESPACE, namespace, message)];
}

function sourceFindings(config: KrpConfig): readonly Finding[] {
  const parameter = config.get(PARAMETER);
  const header = config.get(HEADER);
  const findings: Finding[] = [];
  if (parameter !== undefined && parameter !== 'namespace') {
    findings.push(
      warn(PARAMETER, parameter, 'the parameter is `namespace`: let callers send that'),
    );
  }
  if (header !== undefined && header.toLowerCase() !== HEADER_NAME) {
    findings.push(warn(HEADER, header, 'the header is X-Scope-OrgID: let callers send that'));
  }
  if (config.get(RESOURCE) !== undefined && parameter === undefined && header === undefined) {
    const message =
      'kube-rbac-proxy took no namespace from the request; here each request names its namespaces: let callers send the parameter `namespace`, or ask below /namespaces/<namespace>/';
    findings.push(warn('authorization.rewrites', undefined, message));
  }
  return findings;
}

function keyFindings(
  path: string,
  outcome: Outcome,
  value: string | undefined,
): readonly Finding[] {
  if (value === undefined || outcome.kind === 'setting') return [];
  if (outcome.kind === 'dropped') return [note(path, value, `dropped: ${outcome.because}`)];
  return [warn(path, value, `${outcome.because}; ${outcome.remedy}`)];
}
