import type { TenantScope } from '../../tenant/tenant-scope.ts';
import { accept, refuse, type Result } from '../result.ts';
import { type Expr, mapChildren, type Matcher, type VectorSelector } from './ast.ts';
import { excerpt } from './excerpt.ts';
import { DEFAULT_SCOPE_OPTIONS, type ScopeOptions } from './options.ts';
import { utf8Length } from './position.ts';
import { printExpr, printMatcher } from './print.ts';
import type { PromqlProblem } from './problem.ts';
import { verifyScoped } from './verify-scoped.ts';

declare const scopedQuery: unique symbol;
declare const scopedSeriesSelector: unique symbol;

/**
 * The text of a query that reads the series of its scope and no others.
 *
 * Only {@link scopeQuery}, {@link printSelectorless} and `scopeQueryToCluster` make one, so a query
 * that was not scoped cannot be forwarded without a type error.
 */
export type ScopedQuery = string & { readonly [scopedQuery]: never };

/** The text of a series selector, for `match[]`, that selects within its scope. */
export type ScopedSeriesSelector = string & { readonly [scopedSeriesSelector]: never };

/**
 * Narrows a query to the series of a scope, and prints it.
 *
 * Every selector gets a matcher on the tenancy label that accepts the tenants of the scope. What the
 * caller wrote for that label stays, so a query can be narrower than its scope and never wider; an
 * equality that says the very same is printed once.
 *
 * @param options - Those that differ from {@link DEFAULT_SCOPE_OPTIONS}.
 * @throws {TypeError} If the printed query fails its verification: a defect of this program.
 */
export function scopeQuery(
  expr: Expr,
  scope: TenantScope,
  options: Partial<ScopeOptions> = {},
): Result<ScopedQuery, PromqlProblem> {
  const narrowing = new Narrowing(scope, options);
  const narrow = (node: Expr): Expr =>
    node.kind === 'vectorSelector' ? narrowing.narrow(node) : mapChildren(node, narrow);
  const printed = narrowing.print([narrow(expr)]);
  if (!printed.ok) return printed;
  const [text = ''] = printed.value;
  assertScopedQuery(text, narrowing.matcherText);
  return accept(text);
}

/** Does for the series selectors of a request what {@link scopeQuery} does for its query. */
export function scopeSeriesSelectors(
  selectors: readonly VectorSelector[],
  scope: TenantScope,
  options: Partial<ScopeOptions> = {},
): Result<readonly ScopedSeriesSelector[], PromqlProblem> {
  const narrowing = new Narrowing(scope, options);
  const printed = narrowing.print(selectors.map((selector) => narrowing.narrow(selector)));
  if (!printed.ok) return printed;
  const scoped: ScopedSeriesSelector[] = [];
  for (const text of printed.value) {
    assertScopedSelector(text, narrowing.matcherText);
    scoped.push(text);
  }
  return accept(scoped);
}

/** Gives the selector of everything in a scope, for requests that name no series. */
export function scopeWithoutSelector(scope: TenantScope): ScopedSeriesSelector {
  const matchers = printMatchers(scopeMatchers(scope));
  const text = `{${matchers}}`;
  assertScopedSelector(text, matchers);
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

/** The narrowing of what one request asks for. It counts what it adds before any of it is printed. */
class Narrowing {
  readonly matcherText: string;

  readonly #scope: TenantScope;
  readonly #options: ScopeOptions;
  readonly #matchers: readonly Matcher[];
  #selectors = 0;
  #conflict: PromqlProblem | undefined;

  constructor(scope: TenantScope, options: Partial<ScopeOptions>) {
    this.#scope = scope;
    this.#options = { ...DEFAULT_SCOPE_OPTIONS, ...options };
    this.#matchers = scopeMatchers(scope);
    this.matcherText = printMatchers(this.#matchers);
  }

  narrow(selector: VectorSelector): VectorSelector {
    this.#selectors++;
    if (this.#options.mode === 'error') {
      this.#conflict ??= conflictOf(selector, this.#scope, tenantMatcher(this.#scope));
    }
    return withMatchers(selector, this.#matchers);
  }

  /** Prints what was narrowed, unless a selector was in conflict or the texts are too long. */
  print(narrowed: readonly Expr[]): Result<readonly string[], PromqlProblem> {
    if (this.#conflict !== undefined) return refuse(this.#conflict);
    // Each matcher comes with a comma or with braces. Hundreds of tenants in hundreds of selectors
    // are megabytes, which are not worth printing just to find out how many.
    const { maxBytes } = this.#options;
    const added = this.#selectors * (utf8Length(this.matcherText) + 1);
    if (added > maxBytes) return this.#tooLong(added);
    const texts = narrowed.map(printExpr);
    const units = texts.reduce((sum, text) => sum + text.length, 0);
    // No unit of UTF-16 takes more than three bytes.
    if (units * 3 <= maxBytes) return accept(texts);
    const bytes = texts.reduce((sum, text) => sum + utf8Length(text), 0);
    return bytes > maxBytes ? this.#tooLong(bytes) : accept(texts);
  }

  #tooLong(value: number): Result<never, PromqlProblem> {
    return refuse({ code: 'limit_scoped_bytes', limit: this.#options.maxBytes, value });
  }
}

/** What every selector of a scope ends with: the static labels, and then the tenants. */
function scopeMatchers(scope: TenantScope): readonly Matcher[] {
  const fixed = scope.staticLabels.map(({ name: label, value }): Matcher =>
    Object.freeze({ label, operator: '=', value }),
  );
  return Object.freeze([...fixed, tenantMatcher(scope)]);
}

function printMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(printMatcher).join(',');
}

function tenantMatcher({ tenancyLabel: label, tenants }: TenantScope): Matcher {
  const [first = '', ...others] = tenants;
  if (others.length === 0) return Object.freeze({ label, operator: '=', value: first });
  // RFC 1123 labels have no regular-expression metacharacters, so joining them needs no escaping.
  return Object.freeze({ label, operator: '=~', value: tenants.join('|') });
}

/** Adds matchers to a selector, at its end. An equality of the caller's that says the same goes. */
export function withMatchers(
  selector: VectorSelector,
  matchers: readonly Matcher[],
): VectorSelector {
  return Object.freeze({
    ...selector,
    matchers: Object.freeze([...withoutEqual(selector.matchers, matchers), ...matchers]),
  });
}

// `absent()` takes the label of an equality, unless another matcher on that label follows. So that it
// infers what it would on a server of the tenant's own, an equality of the caller's that says what
// ours says is not printed beside it where it is the last one on its label.
function withoutEqual(theirs: readonly Matcher[], ours: readonly Matcher[]): readonly Matcher[] {
  const left = [...theirs];
  for (const { label, operator, value } of ours) {
    const at = left.findLastIndex((it) => it.label === label);
    const last = left[at];
    if (operator === '=' && last?.operator === '=' && last.value === value) left.splice(at, 1);
  }
  return left;
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
      required: excerpt(printMatcher(required)),
    }
  );
}

function assertScopedQuery(text: string, matcher: string | undefined): asserts text is ScopedQuery {
  verifyScoped(text, matcher);
}

function assertScopedSelector(text: string, matcher: string): asserts text is ScopedSeriesSelector {
  verifyScoped(text, matcher);
}
