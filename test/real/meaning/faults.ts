import { type Expr, mapChildren } from '../../../frontend/promql/ast.ts';
import { parseQuery } from '../../../frontend/promql/parse.ts';
import { printExpr } from '../../../frontend/promql/print.ts';
import { hasSelector } from '../../../frontend/promql/scope.ts';

/** A query as a faulty traversal would send it: one kind of child is skipped, and left unscoped. */
export interface PlantedFault {
  /** The kind of child that is skipped, such as `parameter of aggregation`. */
  readonly skipped: string;
  readonly query: string;
}

/** Plants a fault for each kind of child that leads to a selector of an expression. */
export function plantFaults(expression: string, tenant: string): readonly PlantedFault[] {
  const parsed = parseQuery(expression);
  if (!parsed.ok) return [];
  return [...childKinds(parsed.value)].map((skipped) => ({
    skipped,
    query: printExpr(scopeAllBut(parsed.value, skipped, tenant)),
  }));
}

function scopeAllBut(expr: Expr, skipped: string, tenant: string): Expr {
  const ours = { label: 'namespace', operator: '=', value: tenant } as const;
  const narrow = (node: Expr): Expr =>
    node.kind === 'vectorSelector'
      ? { ...node, matchers: [...node.matchers, ours] }
      : mapChildren(node, (child) => (childKind(node, child) === skipped ? child : narrow(child)));
  return narrow(expr);
}

function childKinds(expr: Expr): ReadonlySet<string> {
  const kinds = new Set<string>();
  const visit = (node: Expr): Expr =>
    mapChildren(node, (child) => {
      if (hasSelector(child)) kinds.add(childKind(node, child));
      return visit(child);
    });
  visit(expr);
  return kinds;
}

function childKind(node: Expr, child: Expr): string {
  switch (node.kind) {
    case 'aggregation':
      return `${child === node.param ? 'parameter' : 'operand'} of aggregation`;
    case 'call':
      return `argument ${node.args.indexOf(child)} of call`;
    case 'binary': {
      const step = node.steps.findIndex(({ operand }) => operand === child);
      return `operand ${Math.min(step + 1, 2)} of binary`;
    }
    default:
      return `operand of ${node.kind}`;
  }
}
