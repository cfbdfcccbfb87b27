import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { isQuantity, parseCpu, parseMemory } from './quantities.ts';
import {
  type ContainerDefaults,
  TENANT_GRAFANAS,
  TENANT_TOKENS,
  type TenantBounds,
  type TenantGrafana,
  type TenantToken,
} from './tenants.ts';

/** Takes a mistake: where it is, the name of the field below the one that is read, and one clause. */
export type Report = (node: Node | null, field: string, message: string) => void;

/** Reads the value of a field, or reports what is wrong with it and gives `undefined`. */
export type ReadField<T> = (node: Node | null, report: Report) => T | undefined;

/** Reads names of groups. */
export const readGroups: ReadField<readonly string[]> = (node, report) => {
  const names = isSeq<Node>(node) ? node.items.map(readName) : [undefined];
  if (names.every((it) => it !== undefined)) return names;
  report(node, '', 'must be a list of names of groups');
  return undefined;
};

/** Reads how the ServiceAccount gets a token. */
export const readToken: ReadField<TenantToken> = (node, report) => {
  const word = TENANT_TOKENS.find((it) => it === readName(node));
  if (word === undefined) report(node, '', `must be one of ${TENANT_TOKENS.join(', ')}`);
  return word;
};

/** Reads where the data source goes. */
export const readGrafana: ReadField<TenantGrafana> = (node, report) => {
  if (isMap<unknown, Node | null>(node)) {
    refuseUnknown(node.items, ['organisation'], report);
    const organisation = readWhole(node.get('organisation', true) ?? null, 2);
    if (organisation !== undefined) return { organisation };
    report(node, '.organisation', 'must be a whole number from 2 on');
    return undefined;
  }
  const word = TENANT_GRAFANAS.find((it) => it === readName(node));
  if (word !== undefined) return word;
  report(node, '', `must be one of ${TENANT_GRAFANAS.join(', ')}, or {organisation: NUMBER}`);
  return undefined;
};

/** The fields of {@link TenantBounds}. */
export const QUOTA_FIELDS: readonly (keyof TenantBounds)[] = [
  'monitors',
  'rules',
  'hard',
  'containerDefaults',
];

/** Reads how many objects a tenant may have. */
export const readQuota: ReadField<TenantBounds> = (node, report) => {
  if (!isMap<unknown, Node | null>(node)) {
    report(node, '', `must be a map of ${QUOTA_FIELDS.join(', ')}`);
    return undefined;
  }
  refuseUnknown(node.items, QUOTA_FIELDS, report);
  const count = (name: 'monitors' | 'rules'): Partial<Record<typeof name, number>> => {
    const given = node.get(name, true);
    if (given === undefined) return {};
    const value = readWhole(given, 0);
    if (value !== undefined) return { [name]: value };
    report(given, `.${name}`, 'must be a whole number from 0 on');
    return {};
  };
  const hard = node.get('hard', true);
  const defaults = node.get('containerDefaults', true);
  return {
    ...count('monitors'),
    ...count('rules'),
    ...(hard === undefined ? {} : { hard: readHard(hard, report) }),
    ...(defaults === undefined ? {} : readContainerDefaults(defaults, report)),
  };
};

/** Reads yes or no. */
export const readSwitch: ReadField<boolean> = (node, report) => {
  if (isScalar(node) && typeof node.value === 'boolean') return node.value;
  report(node, '', 'must be true or false');
  return undefined;
};

/** Reports the fields of a map that nobody knows. */
export function refuseUnknown(
  items: readonly { readonly key: unknown; readonly value: Node | null }[],
  known: readonly string[],
  report: Report,
  owner = 'of it',
): void {
  for (const { key, value } of items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!known.includes(name)) report(value, `.${name}`, `is no field ${owner}`);
  }
}

function readHard(node: Node | null, report: Report): Readonly<Record<string, string>> {
  if (!isMap<unknown, Node | null>(node)) {
    report(node, '.hard', 'must be a map of quantities by resource');
    return {};
  }
  return Object.fromEntries(
    node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      const quantity = readText(value);
      if (quantity !== undefined && isQuantity(quantity)) return [name, quantity];
      report(value ?? node, `.hard.${name}`, "must be a quantity, such as '10' or 20Gi");
      return [name, ''];
    }),
  );
}

const CONTAINER_DEFAULTS: Readonly<Record<keyof ContainerDefaults, QuantityField>> = {
  cpu: { isRight: (it) => parseCpu(it) !== undefined, such: '100m or 1' },
  memory: { isRight: (it) => parseMemory(it) !== undefined, such: '128Mi' },
  memoryLimit: { isRight: (it) => parseMemory(it) !== undefined, such: '1Gi' },
};

interface QuantityField {
  readonly isRight: (text: string) => boolean;
  readonly such: string;
}

function readContainerDefaults(
  node: Node | null,
  report: Report,
): Pick<TenantBounds, 'containerDefaults'> {
  const field = '.containerDefaults';
  if (!isMap<unknown, Node | null>(node)) {
    report(node, field, `must be a map of ${Object.keys(CONTAINER_DEFAULTS).join(', ')}`);
    return {};
  }
  refuseUnknown(node.items, Object.keys(CONTAINER_DEFAULTS), (place, name, message) => {
    report(place, `${field}${name}`, message);
  });
  const read = (name: keyof ContainerDefaults): string => {
    const value = node.get(name, true) ?? null;
    const text = readText(value);
    const { isRight, such } = CONTAINER_DEFAULTS[name];
    if (text !== undefined && isRight(text)) return text;
    report(value ?? node, `${field}.${name}`, `must be a quantity, such as ${such}`);
    return '';
  };
  const [cpu, memory, memoryLimit] = [read('cpu'), read('memory'), read('memoryLimit')];
  return { containerDefaults: { cpu, memory, memoryLimit } };
}

/** A scalar as it would be written, where it is a text or a number. */
function readText(node: Node | null): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value } = node;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function readName(node: Node | null): string | undefined {
  return isScalar(node) && typeof node.value === 'string' && node.value !== ''
    ? node.value
    : undefined;
}

function readWhole(node: Node | null, least: number): number | undefined {
  if (!isScalar(node) || typeof node.value !== 'number') return undefined;
  return Number.isInteger(node.value) && node.value >= least ? node.value : undefined;
}
