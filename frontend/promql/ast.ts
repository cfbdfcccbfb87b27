import type { Position } from './position.ts';
import type { ArithmeticSign } from './token.ts';

/** What an expression evaluates to. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** An expression of PromQL. Trees are frozen; a pass makes a new tree with {@link mapChildren}. */
export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | Unary
  | Binary
  | Paren;

/** A number, or a duration used as a number of seconds. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly type: 'scalar';
  /** The validated token as it was written: recomputing the value could change the query. */
  readonly text: string;
}

/** A string used as a value. */
export interface StringLiteral {
  readonly kind: 'string';
  readonly type: 'string';
  /** The decoded text. */
  readonly value: string;
}

/** An instant selector, such as `up{job="x"} offset 5m`. */
export interface VectorSelector {
  readonly kind: 'vectorSelector';
  readonly type: 'vector';
  /** The name in front of the braces; a name inside them is a matcher on `__name__`. */
  readonly name: string | undefined;
  readonly matchers: readonly Matcher[];
  readonly modifiers: readonly TimeModifier[];
  /** Where the selector begins in the query it was parsed from. */
  readonly position: Position;
}

/** One condition of a selector. */
export interface Matcher {
  /** The decoded label name. */
  readonly label: string;
  readonly operator: MatcherOperator;
  /** The decoded value. */
  readonly value: string;
}

/** How a matcher compares. */
export type MatcherOperator = '=' | '!=' | '=~' | '!~';

/** A selector over a range, such as `up[5m]`. */
export interface MatrixSelector {
  readonly kind: 'matrixSelector';
  readonly type: 'matrix';
  readonly selector: VectorSelector;
  readonly range: Duration;
  readonly modifiers: readonly TimeModifier[];
}

/** An expression evaluated over a range, such as `rate(up[5m])[1h:1m]`. */
export interface Subquery {
  readonly kind: 'subquery';
  readonly type: 'matrix';
  readonly operand: Expr;
  readonly range: Duration;
  readonly step: Duration | undefined;
  readonly modifiers: readonly TimeModifier[];
}

/**
 * What changes which samples a selector or a subquery takes. They are kept in the order they were
 * written.
 */
export type TimeModifier = OffsetModifier | AtModifier | ExtensionModifier;

/** Looks this much into the past, or into the future when negative. */
export interface OffsetModifier {
  readonly kind: 'offset';
  readonly offset: Duration;
}

/** Pins the evaluation to a moment. */
export interface AtModifier {
  readonly kind: 'at';
  /** Seconds since 1970, or an end of the evaluated range. */
  readonly at: DurationLiteral | 'start' | 'end';
}

/** Takes the samples around the range into account, up to its very ends. */
export interface ExtensionModifier {
  readonly kind: 'anchored' | 'smoothed';
}

/** A length of time: as written, or an expression that the engine computes. */
export type Duration =
  DurationLiteral | DurationCall | DurationUnary | DurationBinary | DurationParen;

/** A length of time, or a moment, as written. */
export interface DurationLiteral {
  readonly kind: 'durationLiteral';
  /** The signs and the validated token. */
  readonly text: string;
  readonly seconds: number;
}

/** What is taken from the request, as in `step()`, or from other durations. */
export interface DurationCall {
  readonly kind: 'durationCall';
  readonly name: DurationFunction;
  /** None for `step` and `range`, two for the others. */
  readonly args: readonly Duration[];
}

/** The functions of duration expressions. */
export type DurationFunction = 'step' | 'range' | 'min_of' | 'max_of';

/** A signed duration that is no literal: the signs of a literal are part of it. */
export interface DurationUnary {
  readonly kind: 'durationUnary';
  readonly operator: '+' | '-';
  readonly operand: Duration;
}

/** Durations joined by operators of one precedence. Its shape is that of {@link Binary}. */
export interface DurationBinary {
  readonly kind: 'durationBinary';
  readonly first: Duration;
  readonly steps: readonly DurationStep[];
}

/** An operator of a chain and its right operand. */
export interface DurationStep {
  readonly operator: ArithmeticSign;
  readonly operand: Duration;
}

/** A duration in parentheses. */
export interface DurationParen {
  readonly kind: 'durationParen';
  readonly operand: Duration;
}

/** A function call. */
export interface Call {
  readonly kind: 'call';
  readonly type: ValueType;
  readonly name: string;
  readonly args: readonly Expr[];
}

/** An aggregation, such as `sum by (pod) (up)`. */
export interface Aggregation {
  readonly kind: 'aggregation';
  readonly type: 'vector';
  /** In lower case. */
  readonly operator: string;
  readonly grouping: Grouping | undefined;
  /** The first argument of those that take two, such as the `5` of `topk(5, up)`. */
  readonly param: Expr | undefined;
  readonly operand: Expr;
}

/** The labels an aggregation keeps or drops. */
export interface Grouping {
  readonly clause: 'by' | 'without';
  readonly labels: readonly string[];
  /** Whether the clause stands before the arguments or after them. */
  readonly placement: 'before' | 'after';
}

/** A signed expression. */
export interface Unary {
  readonly kind: 'unary';
  readonly type: ValueType;
  readonly operator: '+' | '-';
  readonly operand: Expr;
}

/**
 * Operands joined by operators of one precedence, from left to right: `a + b - c`.
 *
 * A chain is one node, so that a sum of thousands of terms is wide and not deep. `^` groups to the
 * right, hence its chains have a single step.
 */
export interface Binary {
  readonly kind: 'binary';
  readonly type: 'scalar' | 'vector';
  readonly first: Expr;
  readonly steps: readonly BinaryStep[];
}

/** An operator of a chain and its right operand. */
export interface BinaryStep {
  readonly operator: string;
  readonly bool: boolean;
  readonly matching: VectorMatching | undefined;
  /** At most one for each side, in the order they were written. */
  readonly fills: readonly FillModifier[];
  readonly operand: Expr;
}

/** How the series of two vectors find each other. */
export interface VectorMatching {
  readonly clause: 'on' | 'ignoring';
  readonly labels: readonly string[];
  readonly group: GroupModifier | undefined;
}

/** Which side may have several series for one of the other, and what it takes over. */
export interface GroupModifier {
  readonly side: 'group_left' | 'group_right';
  /** `undefined` when no parentheses were written. */
  readonly labels: readonly string[] | undefined;
}

/** What stands in for a series that is missing on the left side, the right one, or either. */
export interface FillModifier {
  readonly kind: 'fill' | 'fill_left' | 'fill_right';
  /** The sign and the validated token. */
  readonly text: string;
}

/** An expression in parentheses. */
export interface Paren {
  readonly kind: 'paren';
  readonly type: ValueType;
  readonly operand: Expr;
}

/**
 * Rebuilds an expression with every direct child replaced by `f(child)`.
 *
 * An expression without children, or whose children all come back as they are, is returned itself.
 *
 * @throws {TypeError} If `f` turns the selector of a range into something else.
 */
export function mapChildren(expr: Expr, f: (child: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vectorSelector':
      return expr;
    case 'matrixSelector':
      return mapSelector(expr, f);
    case 'call': {
      const args = mapAll(expr.args, f);
      return args === expr.args ? expr : Object.freeze({ ...expr, args });
    }
    case 'aggregation': {
      // The parameter is an expression too: in `topk(scalar(m), n)` it holds a selector of its own.
      const param = expr.param && f(expr.param);
      const operand = f(expr.operand);
      if (param === expr.param && operand === expr.operand) return expr;
      return Object.freeze({ ...expr, param, operand });
    }
    case 'binary': {
      const first = f(expr.first);
      const steps = mapAll(expr.steps, (step) => mapStep(step, f));
      if (first === expr.first && steps === expr.steps) return expr;
      return Object.freeze({ ...expr, first, steps });
    }
    case 'subquery':
    case 'unary':
    case 'paren': {
      const operand = f(expr.operand);
      return operand === expr.operand ? expr : Object.freeze({ ...expr, operand });
    }
    default:
      return expr satisfies never;
  }
}

function mapSelector(expr: MatrixSelector, f: (child: Expr) => Expr): MatrixSelector {
  const selector = f(expr.selector);
  if (selector === expr.selector) return expr;
  if (selector.kind !== 'vectorSelector') throw new TypeError('a range needs a selector');
  return Object.freeze({ ...expr, selector });
}

function mapStep(step: BinaryStep, f: (child: Expr) => Expr): BinaryStep {
  const operand = f(step.operand);
  return operand === step.operand ? step : Object.freeze({ ...step, operand });
}

function mapAll<T>(items: readonly T[], f: (item: T) => T): readonly T[] {
  const mapped = items.map(f);
  return mapped.every((item, index) => item === items[index]) ? items : Object.freeze(mapped);
}
