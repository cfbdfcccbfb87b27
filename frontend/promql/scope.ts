import type { TenantScope } from '../../tenant/tenant-scope.ts';
import { accept, refuse, type Result } from '../result.ts';
import { type Expr, mapChildren, type Matcher, type VectorSelector } from './ast.ts';
import { excerpt } from './excerpt.ts';
import { printExpr, printMatcher } from './print.ts';
import type { PromqlProblem } from './problem.ts';
import { verifyScoped } from './verify-scoped.ts';

declare const scopedQuery: unique symbol;
declare const scopedSeriesSelector: unique symbol;

/**
 * The text of a query that reads the series of its scope and no others.
 *
 * Only {@link scopeQuery} and {@link printSelectorless} make one, so a query that was not scoped
 * cannot be forwarded without a type error.
 */
export type ScopedQuery = string & { readonly [scopedQuery]: never };

/** The text of a series selector, for `match[]`, that selects within its scope. */
export type ScopedSeriesSelector = string & { readonly [scopedSeriesSelector]: never };

/**
 * What to do with a matcher the caller wrote on the tenancy label: `intersect` keeps it beside ours,
 * `error` refuses the query unless the matcher asks for tenants of the scope by name.
 */
export type TenantMatcherMode = 'intersect' | 'error';

/**
 * Narrows a query to the series of a scope, and prints it.
 *
 * Every selector gets a matcher on the tenancy label that accepts the tenants of the scope. What the
 * caller wrote for that label stays, so a query can be narrower than its scope and never wider.
 *
 * @throws {TypeError} If the printed query fails its verification: a defect of this program.
 */
export function scopeQuery(
  expr: Expr,
  scope: TenantScope,
  mode: TenantMatcherMode = 'intersect',
): Result<ScopedQuery, PromqlProblem> {
  const matcher = tenantMatcher(scope);
  let conflict: PromqlProblem | undefined;
  const narrow = (node: Expr): Expr => {
    if (node.kind !== 'vectorSelector') return mapChildren(node, narrow);
    if (mode === 'error') conflict ??= conflictOf(node, scope, matcher);
    return withMatcher(node, matcher);
  };
  const text = printExpr(narrow(expr));
  if (conflict !== undefined) return refuse(conflict);
  assertScopedQuery(text, printMatcher(matcher));
  return accept(text);
}

/** Does for a series selector what {@link scopeQuery} does for a query. */
export function scopeSeriesSelector(
  selector: VectorSelector,
  scope: TenantScope,
  mode: TenantMatcherMode = 'intersect',
): Result<ScopedSeriesSelector, PromqlProblem> {
  const matcher = tenantMatcher(scope);
  const conflict = mode === 'error' ? conflictOf(selector, scope, matcher) : undefined;
  if (conflict !== undefined) return refuse(conflict);
  const text = printExpr(withMatcher(selector, matcher));
  assertScopedSelector(text, printMatcher(matcher));
  return accept(text);
}

/** Gives the selector of everything in a scope, for requests that name no series. */
export function scopeWithoutSelector(scope: TenantScope): ScopedSeriesSelector {
  const matcher = printMatcher(tenantMatcher(scope));
  const text = `{${matcher}}`;
  assertScopedSelector(text, matcher);
  return text;
}

/** Prints a query that reads no series, such as `1 + 1`; `undefined` if it does read some. */
export function printSelectorless(expr: Expr): ScopedQuery | undefined {
  if (hasSelector(expr)) return undefined;
  const text = printExpr(expr);
  assertScopedQuery(text, undefined);
  return text;
}

/** Tells whether a query reads series. One that does not needs no tenant. */
export function hasSelector(expr: Expr): boolean {
  let found = false;
  const visit = (node: Expr): Expr => {
    found ||= node.kind === 'vectorSelector';
    return found ? node : mapChildren(node, visit);
  };
  visit(expr);
  return found;
}

function tenantMatcher({ tenancyLabel: label, tenants }: TenantScope): Matcher {
  const [first = '', ...others] = tenants;
  if (others.length === 0) return Object.freeze({ label, operator: '=', value: first });
  // RFC 1123 labels have no regular-expression metacharacters, so joining them needs no escaping.
  return Object.freeze({ label, operator: '=~', value: tenants.join('|') });
}

function withMatcher(selector: VectorSelector, matcher: Matcher): VectorSelector {
  return Object.freeze({ ...selector, matchers: Object.freeze([...selector.matchers, matcher]) });
}

function conflictOf(
  { matchers, position }: VectorSelector,
  scope: TenantScope,
  required: Matcher,
): PromqlProblem | undefined {
  const conflict = matchers.find(
    ({ label, operator, value }) =>
      label === scope.tenancyLabel &&
      !(operator === '=' && scope.allows(value)) &&
      !(operator === required.operator && value === required.value),
  );
  return (
    conflict && {
      code: 'tenant_matcher_conflict',
      position,
      found: excerpt(printMatcher(conflict)),
      required: printMatcher(required),
    }
  );
}

function assertScopedQuery(text: string, matcher: string | undefined): asserts text is ScopedQuery {
  verifyScoped(text, matcher);
}

function assertScopedSelector(text: string, matcher: string): asserts text is ScopedSeriesSelector {
  verifyScoped(text, matcher);
}
