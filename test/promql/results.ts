import type { Expr } from '../../frontend/promql/ast.ts';
import { describeProblem } from '../../frontend/promql/describe-problem.ts';
import type { PromqlFeatures, PromqlLimits } from '../../frontend/promql/options.ts';
import { parseQuery } from '../../frontend/promql/parse.ts';
import type { PromqlProblem } from '../../frontend/promql/problem.ts';
import { printSelectorless, scopeQuery } from '../../frontend/promql/scope.ts';
import type { Result } from '../../frontend/result.ts';
import type { TenantScope } from '../../tenant/tenant-scope.ts';

/** Gives the tree of a query that must be valid. */
export function parsed(
  text: string,
  limits?: Partial<PromqlLimits>,
  features?: Partial<PromqlFeatures>,
): Expr {
  return accepted(parseQuery(text, limits, features));
}

/** Gives the problem of a query that must be refused. */
export function problemOf(
  text: string,
  limits?: Partial<PromqlLimits>,
  features?: Partial<PromqlFeatures>,
): PromqlProblem {
  return refused(parseQuery(text, limits, features));
}

/** Prints a query as it would be forwarded, or `undefined` if it is refused. */
export function forwarded(
  text: string,
  scope: TenantScope,
  features?: Partial<PromqlFeatures>,
): string | undefined {
  const query = parseQuery(text, {}, features);
  if (!query.ok) return undefined;
  return printSelectorless(query.value) ?? accepted(scopeQuery(query.value, scope));
}

/** Gives an accepted value. */
export function accepted<T>(result: Result<T, PromqlProblem>): T {
  if (!result.ok) throw new Error(describeProblem(result.rejection));
  return result.value;
}

/** Gives the reason for a refusal. */
export function refused<T>(result: Result<T, PromqlProblem>): PromqlProblem {
  if (result.ok) throw new Error('nothing was refused');
  return result.rejection;
}
