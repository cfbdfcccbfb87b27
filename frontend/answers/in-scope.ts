import { ClusterScope, type SeriesScope } from '../../tenant/cluster-scope.ts';
import { type JsonValue, memberOf } from './json-value.ts';

/**
 * Whether a label set belongs to the scope: its tenancy label is a text that names a tenant of it,
 * and it carries the static labels. Everything else, a missing label included, does not. To the
 * scope of the whole cluster belongs what carries the static labels.
 */
export function isInScope(labels: JsonValue | undefined, scope: SeriesScope): boolean {
  if (!ClusterScope.is(scope)) {
    const tenant = memberOf(labels, scope.tenancyLabel);
    if (typeof tenant !== 'string' || !scope.allows(tenant)) return false;
  }
  return scope.staticLabels.every(({ name, value }) => memberOf(labels, name) === value);
}
