import type { TenantScope } from '../../tenant/tenant-scope.ts';
import type { Expr, VectorSelector } from '../promql/ast.ts';
import {
  DEFAULT_PROMQL_LIMITS,
  type PromqlFeatures,
  type PromqlLimits,
  type ScopeOptions,
} from '../promql/options.ts';
import { parseQuery, parseSeriesSelector } from '../promql/parse.ts';
import type { PromqlProblem } from '../promql/problem.ts';
import {
  hasSelector,
  printSelectorless,
  scopeQuery,
  scopeSeriesSelectors,
  scopeWithoutSelector,
} from '../promql/scope.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import type { ScopedPromql } from './forward.ts';

/** The caller's PromQL, parsed once, not yet scoped. */
export type ParsedPromql =
  | { readonly shape: 'query'; readonly expr: Expr }
  | { readonly shape: 'matches'; readonly selectors: readonly VectorSelector[] };

/** Parses the PromQL of an admitted request. */
export function parsePromql(
  admitted: AdmittedRequest,
  limits: Partial<PromqlLimits>,
  features: Partial<PromqlFeatures> = {},
): Result<ParsedPromql, PromqlProblem> {
  const resolved = { ...DEFAULT_PROMQL_LIMITS, ...limits };
  const [query] = admitted.queries;
  if (query !== undefined) {
    const expr = parseQuery(query, resolved, features);
    return expr.ok ? accept({ shape: 'query', expr: expr.value }) : expr;
  }
  const selectors: VectorSelector[] = [];
  const { maxSelectors: limit } = resolved;
  for (const match of admitted.matches) {
    // Each is a text of its own, so the parser cannot count them.
    if (selectors.length === limit) return tooManySelectors(limit);
    const selector = parseSeriesSelector(match, resolved);
    if (!selector.ok) return selector;
    selectors.push(selector.value);
  }
  return accept({ shape: 'matches', selectors });
}

function tooManySelectors(limit: number): Result<never, PromqlProblem> {
  const position = { offset: 0, line: 1, column: 1 };
  return refuse({ code: 'limit_query_selectors', position, limit, value: limit + 1 });
}

/** Whether a request reads series, and so cannot be answered without a tenant. */
export function readsSeries(promql: ParsedPromql): boolean {
  return promql.shape === 'matches' || hasSelector(promql.expr);
}

/**
 * Narrows PromQL to a scope. Without any `match[]` the scope itself is the selector: an empty list
 * would ask the upstream for everything.
 */
export function scopePromql(
  promql: ParsedPromql,
  scope: TenantScope,
  options: Partial<ScopeOptions> = {},
): Result<ScopedPromql, PromqlProblem> {
  if (promql.shape === 'query') {
    const query = scopeQuery(promql.expr, scope, options);
    return query.ok ? accept({ shape: 'query', query: query.value }) : query;
  }
  const matches = scopeSeriesSelectors(promql.selectors, scope, options);
  if (!matches.ok) return matches;
  const [first = scopeWithoutSelector(scope), ...others] = matches.value;
  return accept({ shape: 'matches', matches: [first, ...others] });
}

/** Prepares a query that reads no series, such as the `1+1` of Grafana's health check. */
export function scopeNothing(promql: ParsedPromql): ScopedPromql | undefined {
  if (promql.shape === 'matches') return undefined;
  const query = printSelectorless(promql.expr);
  return query === undefined ? undefined : { shape: 'query', query };
}
