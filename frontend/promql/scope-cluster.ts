import type { ClusterScope } from '../../tenant/cluster-scope.ts';
import { accept, refuse, type Result } from '../result.ts';
import { type Expr, mapChildren, type Matcher, type VectorSelector } from './ast.ts';
import { DEFAULT_SCOPE_OPTIONS, type ScopeOptions } from './options.ts';
import { utf8Length } from './position.ts';
import { printExpr, printMatcher } from './print.ts';
import type { PromqlProblem } from './problem.ts';
import { type ScopedQuery, type ScopedSeriesSelector, withMatchers } from './scope.ts';
import { verifyScoped } from './verify-scoped.ts';

type Printed = Result<readonly string[], PromqlProblem>;

/**
 * Prints a query for a reader of the whole cluster: every selector gets the static labels, and none
 * a matcher on the tenancy label. What the caller wrote for that label stays, like all it wrote.
 *
 * @throws {TypeError} If the printed query fails its verification: a defect of this program.
 */
export function scopeQueryToCluster(
  expr: Expr,
  scope: ClusterScope,
  options: Pick<ScopeOptions, 'maxBytes'> = DEFAULT_SCOPE_OPTIONS,
): Result<ScopedQuery, PromqlProblem> {
  const printed = printInCluster([expr], scope, options);
  if (!printed.ok) return printed;
  const [text = ''] = printed.value;
  assertQuery(text, scope);
  return accept(text);
}

/** Does for the series selectors of a request what {@link scopeQueryToCluster} does for its query. */
export function scopeSelectorsToCluster(
  selectors: readonly VectorSelector[],
  scope: ClusterScope,
  options: Pick<ScopeOptions, 'maxBytes'> = DEFAULT_SCOPE_OPTIONS,
): Result<readonly ScopedSeriesSelector[], PromqlProblem> {
  const printed = printInCluster(selectors, scope, options);
  if (!printed.ok) return printed;
  const scoped: ScopedSeriesSelector[] = [];
  for (const text of printed.value) {
    assertSelector(text, scope);
    scoped.push(text);
  }
  return accept(scoped);
}

/** The selector of the static labels, or `undefined` where there are none: it would select all. */
export function staticSelectorOf(scope: ClusterScope): ScopedSeriesSelector | undefined {
  if (scope.staticLabels.length === 0) return undefined;
  const text = `{${printMatchers(matchersOf(scope))}}`;
  assertSelector(text, scope);
  return text;
}

/** The selector of every series, for endpoints that want one and take no empty one. */
export function selectorOfCluster(scope: ClusterScope): ScopedSeriesSelector {
  const narrowed = staticSelectorOf(scope);
  if (narrowed !== undefined) return narrowed;
  const text = '{__name__!=""}';
  assertSelector(text, scope);
  return text;
}

function printInCluster(
  nodes: readonly Expr[],
  scope: ClusterScope,
  { maxBytes }: Pick<ScopeOptions, 'maxBytes'>,
): Printed {
  const matchers = matchersOf(scope);
  const perSelector = utf8Length(printMatchers(matchers)) + 1;
  let added = 0;
  const narrow = (node: Expr): Expr => {
    if (node.kind !== 'vectorSelector') return mapChildren(node, narrow);
    if (matchers.length === 0) return node;
    added += perSelector;
    return withMatchers(node, matchers);
  };
  const narrowed = nodes.map(narrow);
  // What is too long for its matchers alone is not worth printing just to find out how long.
  if (added > maxBytes) return tooLong(maxBytes, added);
  const texts = narrowed.map(printExpr);
  const bytes = texts.reduce((sum, text) => sum + utf8Length(text), 0);
  return bytes > maxBytes ? tooLong(maxBytes, bytes) : accept(texts);
}

function tooLong(limit: number, value: number): Result<never, PromqlProblem> {
  return refuse({ code: 'limit_scoped_bytes', limit, value });
}

function matchersOf({ staticLabels }: ClusterScope): readonly Matcher[] {
  return staticLabels.map(({ name: label, value }) =>
    Object.freeze({ label, operator: '=', value }),
  );
}

function printMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(printMatcher).join(',');
}

function assertQuery(text: string, scope: ClusterScope): asserts text is ScopedQuery {
  verify(text, scope);
}

function assertSelector(text: string, scope: ClusterScope): asserts text is ScopedSeriesSelector {
  verify(text, scope);
}

// Without static labels there is nothing that a selector of the whole cluster must end with.
function verify(text: string, scope: ClusterScope): void {
  const matchers = printMatchers(matchersOf(scope));
  if (matchers !== '') verifyScoped(text, matchers);
}
