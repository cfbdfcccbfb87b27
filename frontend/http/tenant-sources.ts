import { parseTenantId, type TenantId } from '../../tenant/tenant-id.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { RequestRejection, TenantSource } from './request-rejection.ts';

/** The texts in which a request names tenants, by kind of source; absent kinds are left out. */
export type TenantTexts = Partial<Readonly<Record<TenantSource, readonly string[]>>>;

const PATH_PREFIX = /^\/namespaces\/([^/]*)(\/.*)$/;

/** Takes the tenant prefix `/namespaces/<ns>[,<ns>...]` off a path. */
export function splitTenantPrefix(path: string): {
  readonly path: string;
  readonly tenants?: readonly string[];
} {
  const match = PATH_PREFIX.exec(path);
  if (match === null) return { path };
  return { path: match[2] ?? '', tenants: (match[1] ?? '').split(',') };
}

/** The tenants that an `X-Scope-OrgID` header names: several stand between vertical bars. */
export function splitTenantHeader(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split('|'));
}

/**
 * Reads the tenants that a request asks for.
 *
 * Within one kind of source the values add up. Two kinds must name the same set: which one wins is
 * the kind of question that two programs answer differently.
 *
 * @returns The tenants without repeats; none when the request names none.
 */
export function readTenants(
  texts: TenantTexts,
  maxTenants: number,
): Result<readonly TenantId[], RequestRejection> {
  const sets: { readonly source: TenantSource; readonly tenants: ReadonlySet<TenantId> }[] = [];
  for (const source of ['path', 'parameter', 'header'] as const) {
    const values = texts[source];
    if (values === undefined || values.length === 0) continue;
    const tenants = readSet(values);
    if (tenants === undefined) return refuse({ code: 'tenant_malformed', source });
    sets.push({ source, tenants });
  }
  const [first, ...others] = sets;
  if (first === undefined) return accept([]);
  if (others.some((other) => !isSameSet(first.tenants, other.tenants))) {
    return refuse({ code: 'tenant_sources_differ', sources: sets.map((set) => set.source) });
  }
  if (first.tenants.size > maxTenants) {
    return refuse({ code: 'limit_tenants', limit: maxTenants, value: first.tenants.size });
  }
  return accept([...first.tenants]);
}

function readSet(values: readonly string[]): ReadonlySet<TenantId> | undefined {
  const tenants = new Set<TenantId>();
  for (const value of values) {
    const tenant = parseTenantId(value);
    if (tenant === undefined) return undefined;
    tenants.add(tenant);
  }
  return tenants;
}

function isSameSet(a: ReadonlySet<TenantId>, b: ReadonlySet<TenantId>): boolean {
  return a.size === b.size && a.isSubsetOf(b);
}
