import type { Expr, VectorSelector } from '../../../frontend/promql/ast.ts';
import { mapChildren } from '../../../frontend/promql/ast.ts';
import { parseQuery } from '../../../frontend/promql/parse.ts';
import { at, type Json, listAt, type Manifest, textAt, textsAt } from './manifests.ts';

/** An expression of a manifest, and where it stands. */
export interface PlacedExpression {
  readonly place: string;
  readonly expr: string;
}

/** Every expression of a PrometheusRule. */
export function ruleExpressions(rule: Manifest): PlacedExpression[] {
  return listAt(rule.spec, 'groups')
    .flatMap((group) => listAt(group, 'rules'))
    .map((it) => ({
      place: String(at(it, 'alert') ?? at(it, 'record')),
      expr: textAt(it, 'expr'),
    }));
}

/** The dashboards of a ConfigMap. */
export function dashboardsOf(configMap: Manifest): Json[] {
  return Object.values(textsAt(configMap, 'data')).map((text): Json => JSON.parse(text));
}

/** Every expression of a dashboard, and of its variables. */
export function dashboardExpressions(dashboard: Json): PlacedExpression[] {
  const panels = listAt(dashboard, 'panels').flatMap((panel) =>
    listAt(panel, 'targets').map((target) => ({
      place: textAt(panel, 'title'),
      expr: textAt(target, 'expr'),
    })),
  );
  const variables = listAt(dashboard, 'templating', 'list')
    .filter((it) => at(it, 'type') === 'query')
    .map((it) => {
      const query = textAt(it, 'query', 'query');
      const selector = /^label_values\((.+),\w+\)$/.exec(query)?.[1];
      if (selector === undefined) throw new Error(`${query} is no list of values`);
      return { place: textAt(it, 'name'), expr: selector };
    });
  return [...panels, ...variables];
}

/** Every selector of an expression, by our own parser. An expression that it refuses throws. */
export function selectorsOf(expr: string): VectorSelector[] {
  const parsed = parseQuery(expr);
  if (!parsed.ok) throw new Error(`${expr}: ${JSON.stringify(parsed)}`);
  const found: VectorSelector[] = [];
  const visit = (node: Expr): Expr => {
    if (node.kind === 'vectorSelector') found.push(node);
    return mapChildren(node, visit);
  };
  visit(parsed.value);
  return found;
}

/** Names of the metrics that an expression selects. */
export function metricsOf(expr: string): string[] {
  return selectorsOf(expr).map(({ name }) => {
    if (name === undefined) throw new Error(`${expr} selects without a name`);
    return name;
  });
}

/** Selectors that lack a matcher which pins the label to one of these values by equality. */
export function unpinned(expr: string, label: string, values: readonly string[]): VectorSelector[] {
  return selectorsOf(expr).filter(
    ({ matchers }) =>
      !matchers.some(
        (it) => it.label === label && it.operator === '=' && values.includes(it.value),
      ),
  );
}
