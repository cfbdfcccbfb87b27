import type {
  AtModifier,
  Duration,
  Expr,
  MatrixSelector,
  OffsetModifier,
  Subquery,
  TimeModifier,
  VectorSelector,
} from './ast.ts';
import type { Cursor } from './cursor.ts';
import { excerpt } from './excerpt.ts';
import {
  isNumeric,
  parseNumber,
  parseOffsetDuration,
  parsePositiveDuration,
} from './parse-duration.ts';

const MAX_INT64 = 2 ** 63;

/** Parses what follows `[`: a range, or the range and step of a subquery. */
export function parseRange(cursor: Cursor, operand: Expr): MatrixSelector | Subquery | undefined {
  const { start } = cursor;
  cursor.advance();
  const range = parsePositiveDuration(cursor);
  if (range === undefined) return undefined;
  if (cursor.accept(']')) return rangeOf(cursor, operand, range, start);
  if (!cursor.expect(':', 'range_end')) return undefined;
  const step = cursor.kind === ']' ? undefined : parsePositiveDuration(cursor);
  if (cursor.problem !== undefined || !cursor.expect(']', 'step_end')) return undefined;
  if (operand.type !== 'vector') {
    return cursor.malformed(
      {
        problem: 'type_mismatch',
        found: operand.type,
        expected: ['vector'],
        place: 'subquery',
        name: '[:]',
      },
      start,
    );
  }
  return Object.freeze({
    kind: 'subquery',
    type: 'matrix',
    operand,
    range,
    step,
    modifiers: NO_MODIFIERS,
  });
}

/** Parses `offset 5m` behind an expression. */
export function parseOffset(cursor: Cursor, operand: Expr): Expr | undefined {
  const { start } = cursor;
  cursor.advance();
  const offset = parseOffsetDuration(cursor);
  if (offset === undefined) return undefined;
  if (!isModifiable(operand)) {
    return cursor.malformed({ problem: 'modifier_misplaced', modifier: 'offset' }, start);
  }
  const earlier = operand.modifiers.find((modifier) => modifier.kind === 'offset');
  if (earlier !== undefined) {
    return isOffset(earlier)
      ? cursor.malformed({ problem: 'modifier_repeated', modifier: 'offset' }, start)
      : cursor.unsupported({ reason: 'offset_repeated' }, start);
  }
  return withModifier(operand, { kind: 'offset', offset });
}

/** Parses `@ 1700000000`, `@ start()` or `@ end()` behind an expression. */
export function parseAt(cursor: Cursor, operand: Expr): Expr | undefined {
  const { start } = cursor;
  cursor.advance();
  const at = parseMoment(cursor);
  if (at === undefined) return undefined;
  if (!isModifiable(operand)) {
    return cursor.malformed({ problem: 'modifier_misplaced', modifier: '@' }, start);
  }
  if (operand.modifiers.some(isAt)) {
    return cursor.malformed({ problem: 'modifier_repeated', modifier: '@' }, start);
  }
  return withModifier(operand, { kind: 'at', at });
}

/** Parses `anchored` or `smoothed` behind an expression. Either may be repeated. */
export function parseExtension(cursor: Cursor, operand: Expr): Expr | undefined {
  const { kind, start } = cursor;
  if (kind !== 'anchored' && kind !== 'smoothed') return cursor.unexpected('operator');
  if (!cursor.allows('promql-extended-range-selectors')) return undefined;
  cursor.advance();
  if (operand.kind !== 'vectorSelector' && operand.kind !== 'matrixSelector') {
    return cursor.malformed({ problem: 'modifier_misplaced', modifier: kind }, start);
  }
  const other = kind === 'anchored' ? 'smoothed' : 'anchored';
  const inner = operand.kind === 'matrixSelector' ? operand.selector.modifiers : NO_MODIFIERS;
  if ([...inner, ...operand.modifiers].some((modifier) => modifier.kind === other)) {
    return cursor.malformed({ problem: 'modifiers_exclude_each_other' }, start);
  }
  return withModifier(operand, { kind });
}

function parseMoment(cursor: Cursor): AtModifier['at'] | undefined {
  const { kind, start } = cursor;
  if (kind === 'start' || kind === 'end') {
    cursor.advance();
    if (!cursor.expect('(', 'opening_parenthesis')) return undefined;
    return cursor.expect(')', 'closing_parenthesis') ? kind : undefined;
  }
  const sign = kind === '+' || kind === '-' ? cursor.take() : '';
  if (!isNumeric(cursor.kind)) return cursor.unexpected('timestamp');
  const moment = parseNumber(cursor, sign);
  if (moment === undefined) return undefined;
  if (!(Math.abs(moment.seconds) < MAX_INT64)) {
    return cursor.malformed(
      { problem: 'timestamp_out_of_range', found: excerpt(moment.text) },
      start,
    );
  }
  return moment;
}

function rangeOf(
  cursor: Cursor,
  operand: Expr,
  range: Duration,
  start: number,
): MatrixSelector | undefined {
  if (operand.kind !== 'vectorSelector') {
    return cursor.malformed({ problem: 'range_without_selector' }, start);
  }
  const early = operand.modifiers.find((modifier) => isOffset(modifier) || isAt(modifier));
  if (early !== undefined) {
    const modifier = early.kind === 'at' ? '@' : 'offset';
    return cursor.malformed({ problem: 'range_after_modifier', modifier }, start);
  }
  return Object.freeze({
    kind: 'matrixSelector',
    type: 'matrix',
    selector: operand,
    range,
    modifiers: NO_MODIFIERS,
  });
}

function isModifiable(expr: Expr): expr is VectorSelector | MatrixSelector | Subquery {
  return (
    expr.kind === 'vectorSelector' || expr.kind === 'matrixSelector' || expr.kind === 'subquery'
  );
}

function withModifier(
  expr: VectorSelector | MatrixSelector | Subquery,
  modifier: TimeModifier,
): Expr {
  const modifiers = Object.freeze([...expr.modifiers, Object.freeze(modifier)]);
  return Object.freeze({ ...expr, modifiers });
}

/** Tells whether a modifier moves anything: Prometheus takes an offset of 0 for none. */
function isOffset(modifier: TimeModifier): modifier is OffsetModifier {
  if (modifier.kind !== 'offset') return false;
  const { offset } = modifier;
  return offset.kind !== 'durationLiteral' || Math.round(Math.abs(offset.seconds) * 1e9) !== 0;
}

function isAt(modifier: TimeModifier): modifier is AtModifier {
  return modifier.kind === 'at';
}

const NO_MODIFIERS: readonly TimeModifier[] = Object.freeze([]);
