import type { ClusterScope } from '../../tenant/cluster-scope.ts';
import type { ScopeOptions } from '../promql/options.ts';
import type { PromqlProblem } from '../promql/problem.ts';
import {
  scopeQueryToCluster,
  scopeSelectorsToCluster,
  selectorOfCluster,
  staticSelectorOf,
} from '../promql/scope-cluster.ts';
import { accept, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import type { ScopedPromql } from './forward.ts';
import type { RouteName } from './routes.ts';
import type { ParsedPromql } from './scope-request.ts';

/** Endpoints that Prometheus answers with 400 when no selector is sent. */
const WANTS_SELECTOR: ReadonlySet<RouteName> = new Set<RouteName>(['series', 'federate']);

/** Narrows PromQL to the whole cluster, of which only the static labels are left to be said. */
export function scopePromqlToCluster(
  promql: ParsedPromql,
  scope: ClusterScope,
  { route }: Pick<AdmittedRequest, 'route'>,
  options: Pick<ScopeOptions, 'maxBytes'>,
): Result<ScopedPromql, PromqlProblem> {
  if (promql.shape === 'query') {
    const query = scopeQueryToCluster(promql.expr, scope, options);
    return query.ok ? accept({ shape: 'query', query: query.value }) : query;
  }
  const matches = scopeSelectorsToCluster(promql.selectors, scope, options);
  if (!matches.ok) return matches;
  const unnamed = WANTS_SELECTOR.has(route.name)
    ? selectorOfCluster(scope)
    : staticSelectorOf(scope);
  const [first = unnamed, ...others] = matches.value;
  if (first === undefined) return accept({ shape: 'everything', scope });
  return accept({ shape: 'matches', matches: [first, ...others] });
}
