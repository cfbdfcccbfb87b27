import type {
  Aggregation,
  BinaryStep,
  Duration,
  DurationStep,
  Expr,
  GroupModifier,
  Grouping,
  Matcher,
  MatrixSelector,
  Subquery,
  TimeModifier,
  VectorSelector,
} from './ast.ts';
import { quoteString } from './quoted-string.ts';

/**
 * Prints an expression as PromQL.
 *
 * Tokens keep their order, and parentheses are those of the tree: none are added, none dropped.
 * Comments and spacing of the original are gone, keywords are in lower case, strings in double
 * quotes, numbers and durations as they were written.
 */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.text;
    case 'string':
      return quoteString(expr.value);
    case 'vectorSelector':
      return printSelector(expr) + printModifiers(expr.modifiers);
    case 'matrixSelector':
      return printRange(expr);
    case 'subquery':
      return printSubquery(expr);
    case 'call':
      return `${expr.name}(${printAll(expr.args)})`;
    case 'aggregation':
      return printAggregation(expr);
    case 'unary':
      return expr.operator + printExpr(expr.operand);
    case 'binary':
      return printExpr(expr.first) + expr.steps.map(printStep).join('');
    case 'paren':
      return `(${printExpr(expr.operand)})`;
    default:
      return expr satisfies never;
  }
}

/** Prints a matcher, such as `job="x"`. */
export function printMatcher({ label, operator, value }: Matcher): string {
  return printLabel(label) + operator + quoteString(value);
}

function printSelector({ name, matchers }: VectorSelector): string {
  if (matchers.length === 0) return name ?? '{}';
  return `${name ?? ''}{${matchers.map(printMatcher).join(',')}}`;
}

function printRange({ selector, range, modifiers }: MatrixSelector): string {
  return `${printExpr(selector)}[${printDuration(range)}]${printModifiers(modifiers)}`;
}

function printSubquery({ operand, range, step, modifiers }: Subquery): string {
  const stepText = step === undefined ? '' : printDuration(step);
  return `${printExpr(operand)}[${printDuration(range)}:${stepText}]${printModifiers(modifiers)}`;
}

function printDuration(duration: Duration): string {
  switch (duration.kind) {
    case 'durationLiteral':
      return duration.text;
    case 'durationCall':
      return `${duration.name}(${duration.args.map(printDuration).join(', ')})`;
    case 'durationUnary':
      return duration.operator + printDuration(duration.operand);
    case 'durationBinary':
      return printDuration(duration.first) + duration.steps.map(printDurationStep).join('');
    case 'durationParen':
      return `(${printDuration(duration.operand)})`;
    default:
      return duration satisfies never;
  }
}

function printDurationStep({ operator, operand }: DurationStep): string {
  return ` ${operator} ${printDuration(operand)}`;
}

function printAggregation({ operator, grouping, param, operand }: Aggregation): string {
  const args = printAll(param === undefined ? [operand] : [param, operand]);
  if (grouping === undefined) return `${operator}(${args})`;
  const clause = printGrouping(grouping);
  return grouping.placement === 'before'
    ? `${operator} ${clause} (${args})`
    : `${operator}(${args}) ${clause}`;
}

function printGrouping({ clause, labels }: Grouping): string {
  return `${clause} ${printLabels(labels)}`;
}

function printStep({ operator, bool, matching, fills, operand }: BinaryStep): string {
  const boolText = bool ? ' bool' : '';
  const matchingText =
    matching === undefined
      ? ''
      : ` ${matching.clause} ${printLabels(matching.labels)}${printGroup(matching.group)}`;
  const fillText = fills.map(({ kind, text }) => ` ${kind}(${text})`).join('');
  return ` ${operator}${boolText}${matchingText}${fillText} ${printExpr(operand)}`;
}

function printGroup(group: GroupModifier | undefined): string {
  if (group === undefined) return '';
  return group.labels === undefined
    ? ` ${group.side}`
    : ` ${group.side} ${printLabels(group.labels)}`;
}

function printModifiers(modifiers: readonly TimeModifier[]): string {
  return modifiers.map(printModifier).join('');
}

function printModifier(modifier: TimeModifier): string {
  switch (modifier.kind) {
    case 'offset':
      return ` offset ${printDuration(modifier.offset)}`;
    case 'at':
      return ` @ ${typeof modifier.at === 'string' ? `${modifier.at}()` : modifier.at.text}`;
    case 'anchored':
    case 'smoothed':
      return ` ${modifier.kind}`;
    default:
      return modifier satisfies never;
  }
}

function printAll(exprs: readonly Expr[]): string {
  return exprs.map(printExpr).join(', ');
}

function printLabels(labels: readonly string[]): string {
  return `(${labels.map(printGroupingLabel).join(', ')})`;
}

function printLabel(label: string): string {
  return LEGACY_LABEL.test(label) ? label : quoteString(label);
}

/** In a grouping three words are no labels unless they are quoted. */
function printGroupingLabel(label: string): string {
  return UNUSABLE_LABEL.test(label) ? quoteString(label) : printLabel(label);
}

const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const UNUSABLE_LABEL = /^(?:without|inf|nan)$/i;
