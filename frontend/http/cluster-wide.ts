import { accept, refuse, type Result } from '../result.ts';
import type { RequestRejection, TenantSource } from './request-rejection.ts';
import { type Method, type Offer, offeredMethods, type Route, type RouteName } from './routes.ts';
import { splitTenantPrefix } from './tenant-sources.ts';

/**
 * What stands before a path that asks for the whole cluster. Nothing else does: no parameter, no
 * header, and no name of a namespace, least of all an empty one.
 */
const CLUSTER_PREFIX = '/all-namespaces';

/**
 * Which endpoints can be read for the whole cluster. Those that answer with entries of their own show
 * the entries that carry the static labels, those without a tenancy label included. Pages of the web
 * UI, and what it asks beside the API, belong to a namespace each.
 */
export const SERVED_CLUSTER_WIDE: Readonly<Record<RouteName, boolean>> = {
  query: true,
  query_range: true,
  query_exemplars: true,
  format_query: true,
  parse_query: true,
  series: true,
  labels: true,
  label_values: true,
  metadata: true,
  rules: true,
  alerts: true,
  buildinfo: true,
  explain: true,
  federate: true,
  alertmanager_status: true,
  alertmanager_alerts: true,
  alertmanager_groups: true,
  silences: true,
  silence: true,
  ui_page: false,
  ui_file: false,
  stores: false,
  flags: false,
};

/** A path without the prefix that says what it is to be answered for. */
export interface PrefixedPath {
  readonly path: string;
  /** The names in the prefix `/namespaces/<ns>[,<ns>...]`. */
  readonly tenants?: readonly string[];
  /** Whether the whole cluster is asked for. */
  readonly isClusterWide?: true;
}

/** Takes the one prefix off a path that it may have. */
export function splitPrefix(path: string): PrefixedPath {
  if (!path.startsWith(`${CLUSTER_PREFIX}/`)) return splitTenantPrefix(path);
  return { path: path.slice(CLUSTER_PREFIX.length), isClusterWide: true };
}

/**
 * The methods with which a route is offered behind a prefix: none when it does not exist there.
 * Nothing is ever changed for the whole cluster.
 */
export function methodsBehind(
  { isClusterWide }: PrefixedPath,
  route: Route,
  offer: Offer,
): readonly Method[] {
  const methods = offeredMethods(route, offer);
  if (isClusterWide !== true) return methods;
  if (offer.clusterWide !== true || !SERVED_CLUSTER_WIDE[route.name]) return [];
  return methods.filter((method) => route.writes?.includes(method) !== true);
}

/** Refuses a request for the whole cluster that names a tenant besides, be it an empty name. */
export function requireNoTenants(
  named: Readonly<Record<Exclude<TenantSource, 'path'>, readonly string[]>>,
): Result<readonly [], RequestRejection> {
  const others = (['parameter', 'header'] as const).filter((source) => named[source].length > 0);
  if (others.length === 0) return accept([]);
  return refuse({ code: 'tenant_sources_differ', sources: ['path', ...others] });
}
