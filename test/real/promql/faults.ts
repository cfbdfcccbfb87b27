import {
  type Binary,
  type Expr,
  mapChildren,
  type Matcher,
  type VectorSelector,
} from '../../../frontend/promql/ast.ts';
import { parseQuery } from '../../../frontend/promql/parse.ts';
import { printExpr } from '../../../frontend/promql/print.ts';
import { ALL_FEATURES } from '../../promql/query-grammar.ts';
import type { Pipeline } from './check-pipeline.ts';

type Rewrite = (node: Expr, again: (child: Expr) => Expr) => Expr | undefined;

/** The list of a report in which a fault must show. */
type Shown = 'unscoped' | 'changed' | 'invalidForwarded';

/**
 * Pipelines with one mistake each, made outside the product. A check that does not notice one of
 * them would not notice it in the product either.
 */
export function faultyPipelines(
  ours: Matcher,
): readonly (readonly [fault: string, shown: Shown, Pipeline])[] {
  const rewriting = (rewrite: Rewrite, prepare?: (text: string) => string): Pipeline =>
    rewritingPipeline(ours, rewrite, prepare);
  const preparing = (prepare: (text: string) => string): Pipeline =>
    rewriting(() => undefined, prepare);

  return [
    [
      'skips the parameter of aggregations',
      'unscoped',
      rewriting((node, again) =>
        node.kind === 'aggregation' ? { ...node, operand: again(node.operand) } : undefined,
      ),
    ],
    [
      'skips subqueries',
      'unscoped',
      rewriting((node) => (node.kind === 'subquery' ? node : undefined)),
    ],
    [
      'skips right operands',
      'unscoped',
      rewriting((node, again) =>
        node.kind === 'binary' ? { ...node, first: again(node.first) } : undefined,
      ),
    ],
    [
      'skips all arguments but the first',
      'unscoped',
      rewriting((node, again) =>
        node.kind === 'call'
          ? { ...node, args: node.args.map((arg, index) => (index === 0 ? again(arg) : arg)) }
          : undefined,
      ),
    ],
    [
      'skips the second argument of info',
      'unscoped',
      rewriting((node, again) =>
        node.kind === 'call' && node.name === 'info'
          ? { ...node, args: node.args.map((arg, index) => (index === 1 ? arg : again(arg))) }
          : undefined,
      ),
    ],
    [
      'forgets selectors that have modifiers',
      'unscoped',
      rewriting((node) =>
        node.kind === 'vectorSelector' && node.modifiers.length > 0 ? node : undefined,
      ),
    ],
    [
      'forgets selectors without a name',
      'unscoped',
      rewriting((node) =>
        node.kind === 'vectorSelector' && node.name === undefined ? node : undefined,
      ),
    ],
    [
      'uses another label',
      'unscoped',
      rewriting((node) =>
        node.kind === 'vectorSelector'
          ? withMatchers(node, [...node.matchers, { ...ours, label: 'ns' }])
          : undefined,
      ),
    ],
    [
      'replaces the matcher of the caller',
      'changed',
      rewriting((node) =>
        node.kind === 'vectorSelector'
          ? withMatchers(node, [...node.matchers.filter(({ label }) => label !== ours.label), ours])
          : undefined,
      ),
    ],
    [
      'drops parentheses',
      'changed',
      rewriting((node, again) => (node.kind === 'paren' ? again(node.operand) : undefined)),
    ],
    [
      'drops signs',
      'changed',
      rewriting((node, again) => (node.kind === 'unary' ? again(node.operand) : undefined)),
    ],
    [
      'drops bool',
      'changed',
      rewriting((node, again) =>
        node.kind === 'binary' ? mapChildren(withoutBool(node), again) : undefined,
      ),
    ],
    [
      'drops anchored',
      'changed',
      rewriting((node, again) => {
        const plain = withoutAnchored(node);
        return plain === node ? undefined : again(plain);
      }),
    ],
    [
      'drops fill',
      'changed',
      rewriting((node, again) =>
        node.kind === 'binary' ? mapChildren(withoutFills(node), again) : undefined,
      ),
    ],
    [
      'decodes strings wrongly',
      'changed',
      rewriting((node) =>
        node.kind === 'vectorSelector'
          ? withMatchers(node, [...node.matchers.map(withoutBackslashes), ours])
          : undefined,
      ),
    ],
    [
      'accepts unknown escapes',
      'invalidForwarded',
      preparing((text) => text.replaceAll(/\\(?=[^abfnrtvxuU0-7\\"'`])/g, '')),
    ],
    [
      'ends comments at line feeds only',
      'changed',
      preparing((text) => text.replaceAll(/# all\r[^\n]*/g, '')),
    ],
  ];
}

/** The pipeline of {@link faultyPipelines} without any of the mistakes. */
export function faultlessPipeline(ours: Matcher): Pipeline {
  return rewritingPipeline(ours, () => undefined);
}

function withoutBool(node: Binary): Binary {
  return { ...node, steps: node.steps.map((step) => ({ ...step, bool: false })) };
}

function withoutFills(node: Binary): Binary {
  return { ...node, steps: node.steps.map((step) => ({ ...step, fills: [] })) };
}

function withoutAnchored(node: Expr): Expr {
  if (node.kind !== 'vectorSelector' && node.kind !== 'matrixSelector') return node;
  const modifiers = node.modifiers.filter(({ kind }) => kind !== 'anchored');
  return modifiers.length === node.modifiers.length ? node : { ...node, modifiers };
}

/** A pipeline that treats nodes in its own way where `rewrite` gives something. */
export function rewritingPipeline(
  ours: Matcher,
  rewrite: Rewrite,
  prepare: (text: string) => string = (text) => text,
): Pipeline {
  const again = (node: Expr): Expr =>
    rewrite(node, again) ??
    (node.kind === 'vectorSelector'
      ? withMatchers(node, [...withoutOne(node.matchers, ours), ours])
      : mapChildren(node, again));
  return (text) => {
    const query = parseQuery(prepare(text), {}, ALL_FEATURES);
    return query.ok
      ? { kind: 'forwarded', text: printExpr(again(query.value)) }
      : { kind: 'refused', problem: query.rejection };
  };
}

/** The matchers without the last one on the label of ours, if it is the same equality. */
function withoutOne(matchers: readonly Matcher[], ours: Matcher): readonly Matcher[] {
  const last = matchers.findLastIndex(({ label }) => label === ours.label);
  const { operator, value } = matchers[last] ?? { operator: '!=', value: '' };
  const isSame = operator === '=' && ours.operator === '=' && value === ours.value;
  return isSame ? matchers.filter((_, index) => index !== last) : matchers;
}

/** A selector with other matchers. */
export function withMatchers(node: VectorSelector, matchers: readonly Matcher[]): VectorSelector {
  return { ...node, matchers };
}

function withoutBackslashes(matcher: Matcher): Matcher {
  return { ...matcher, value: matcher.value.replaceAll('\\', '') };
}
