import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { MAX_TENANT_ID_LENGTH, parseTenantId } from '../tenant/tenant-id.ts';
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

const FIELDS = ['namespace', 'readerGroups'];

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

type Report = (node: Node | null, field: string, message: string) => void;

function readEntry(item: Node, report: Report): TenantEntry | undefined {
  if (!isMap<unknown, Node | null>(item)) {
    report(item, '', 'must be a tenant with a namespace');
    return undefined;
  }
  for (const { key, value } of item.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!FIELDS.includes(name)) report(value, `.${name}`, 'is no field of a tenant');
  }
  const name = item.get('namespace', true);
  const namespace = isScalar(name) && typeof name.value === 'string' ? name.value : '';
  if (parseTenantId(namespace) === undefined) {
    const what = `must be the name of a namespace: a-z, 0-9 and -, at most ${MAX_TENANT_ID_LENGTH}`;
    report(name ?? item, '.namespace', what);
    return undefined;
  }
  const groups = item.get('readerGroups', true);
  if (groups === undefined) return { namespace };
  const readerGroups = isSeq<Node>(groups) ? groups.items.map(groupName) : [undefined];
  if (readerGroups.every((it) => it !== undefined)) return { namespace, readerGroups };
  report(groups, '.readerGroups', 'must be a list of names of groups');
  return undefined;
}

function groupName(node: Node): string | undefined {
  return isScalar(node) && typeof node.value === 'string' && node.value !== ''
    ? node.value
    : undefined;
}

function start(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
