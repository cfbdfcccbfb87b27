import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { MAX_TENANT_ID_LENGTH, parseTenantId } from '../tenant/tenant-id.ts';
import {
  type ReadField,
  readGrafana,
  readGroups,
  readQuota,
  readSwitch,
  readToken,
  refuseUnknown,
  type Report,
} from './tenant-fields.ts';
import type { TenantEntry } from './tenants.ts';

/** A mistake in a list of tenants. */
export interface TenantsProblem {
  /** Line and column, each from 1. */
  readonly line: number;
  readonly column: number;
  /** Where it stands, such as `[2].readerGroups`; empty for the document. */
  readonly field: string;
  /** What is wrong, as one clause. */
  readonly message: string;
}

/** A list of tenants, or everything that is wrong with it. */
export type ReadTenants =
  | { readonly ok: true; readonly tenants: readonly TenantEntry[] }
  | { readonly ok: false; readonly problems: readonly TenantsProblem[] };

/** Says a mistake with its place: `3:5: [1].namespace: must be ...`. */
export function describeTenantsProblem(problem: TenantsProblem): string {
  const { column, field, line, message } = problem;
  return `${line}:${column}: ${field === '' ? '' : `${field}: `}${message}`;
}

/** The fields of {@link TenantEntry}. */
export const TENANT_FIELDS: readonly (keyof TenantEntry)[] = [
  'namespace',
  'readerGroups',
  'silencerGroups',
  'writerGroups',
  'ruleEditorGroups',
  'token',
  'grafana',
  'quota',
  'samples',
];

/**
 * Reads a list of tenants, the fields of {@link TenantEntry} each, from YAML or JSON.
 *
 * Unknown fields, repeated tenants and names that no namespace can have are refused.
 */
export function parseTenants(text: string): ReadTenants {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: TenantsProblem[] = [];
  const report = (offset: number, field: string, message: string): void => {
    const { col, line } = lines.linePos(offset);
    problems.push({ line, column: col, field, message });
  };
  for (const error of [...document.errors, ...document.warnings]) {
    report(error.pos[0], '', error.message.split('\n')[0] ?? '');
  }
  if (problems.length > 0) return { ok: false, problems };
  if (!isSeq<Node>(document.contents)) {
    report(start(document.contents), '', 'must be a list of tenants');
    return { ok: false, problems };
  }
  const tenants = document.contents.items.map((item, index) =>
    readEntry(item, (node, field, message) => {
      report(start(node), `[${index}]${field}`, message);
    }),
  );
  document.contents.items.forEach((item, index) => {
    const first = tenants.findIndex((it) => it?.namespace === tenants[index]?.namespace);
    if (tenants[index] !== undefined && first < index) {
      report(start(item), `[${index}].namespace`, `is the tenant of [${first}] again`);
    }
  });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, tenants: tenants.filter((it) => it !== undefined) };
}

function readEntry(item: Node, report: Report): TenantEntry | undefined {
  if (!isMap<unknown, Node | null>(item)) {
    report(item, '', 'must be a tenant with a namespace');
    return undefined;
  }
  refuseUnknown(item.items, TENANT_FIELDS, report, 'of a tenant');
  const name = item.get('namespace', true);
  const namespace = isScalar(name) && typeof name.value === 'string' ? name.value : '';
  if (parseTenantId(namespace) === undefined) {
    const what = `must be the name of a namespace: a-z, 0-9 and -, at most ${MAX_TENANT_ID_LENGTH}`;
    report(name ?? item, '.namespace', what);
    return undefined;
  }
  const readIf = <T>(field: keyof TenantEntry, read: ReadField<T>): T | undefined => {
    const node = item.get(field, true);
    if (node === undefined) return undefined;
    return read(node, (place, below, message) => {
      report(place ?? node, `.${field}${below}`, message);
    });
  };
  const readerGroups = readIf('readerGroups', readGroups);
  const silencerGroups = readIf('silencerGroups', readGroups);
  const writerGroups = readIf('writerGroups', readGroups);
  const ruleEditorGroups = readIf('ruleEditorGroups', readGroups);
  const token = readIf('token', readToken);
  const grafana = readIf('grafana', readGrafana);
  const quota = readIf('quota', readQuota);
  const samples = readIf('samples', readSwitch);
  return {
    namespace,
    ...(readerGroups !== undefined && { readerGroups }),
    ...(silencerGroups !== undefined && { silencerGroups }),
    ...(writerGroups !== undefined && { writerGroups }),
    ...(ruleEditorGroups !== undefined && { ruleEditorGroups }),
    ...(token !== undefined && { token }),
    ...(grafana !== undefined && { grafana }),
    ...(quota !== undefined && { quota }),
    ...(samples !== undefined && { samples }),
  };
}

function start(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
