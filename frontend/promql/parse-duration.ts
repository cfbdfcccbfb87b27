import type {
  Duration,
  DurationBinary,
  DurationCall,
  DurationFunction,
  DurationLiteral,
  DurationParen,
  DurationStep,
} from './ast.ts';
import type { Cursor } from './cursor.ts';
import { excerpt } from './excerpt.ts';
import { isAmbiguous, MAX_DURATION_SECONDS, readDuration, readNumber } from './number-literal.ts';
import {
  type ArithmeticSign,
  DURATION_WORDS,
  POWER_PRECEDENCE,
  PRECEDENCE,
  type TokenKind,
} from './token.ts';

/** Parses a number or duration token and moves past it. `sign` stands in front of it. */
export function parseNumber(cursor: Cursor, sign = ''): DurationLiteral | undefined {
  const { kind, start } = cursor;
  const token = cursor.take();
  if (isAmbiguous(token)) {
    return cursor.unsupported({ reason: 'hexadecimal_ambiguous', found: token }, start);
  }
  const number = kind === 'duration' ? readDuration(token) : readNumber(token);
  if (!number.ok) return cursor.malformed(number.rejection, start);
  const seconds = sign === '-' ? -number.value : number.value;
  return Object.freeze({ kind: 'durationLiteral', text: sign + token, seconds });
}

/** Parses a duration between square brackets: if it is no expression, it must be greater than 0. */
export function parsePositiveDuration(cursor: Cursor): Duration | undefined {
  const { start } = cursor;
  const duration = parseDuration(cursor, 0);
  if (duration?.kind === 'durationLiteral' && duration.seconds <= 0) {
    const found = excerpt(duration.text);
    return cursor.malformed({ problem: 'duration_not_positive', found }, start);
  }
  return duration;
}

/**
 * Parses the duration behind `offset`.
 *
 * Where it ends follows from the order of the rules in generated_parser.y: an operator continues it
 * only behind parentheses without a sign and behind several signs. Elsewhere the operator belongs to
 * the query, as in `a offset 5m * 2`.
 */
export function parseOffsetDuration(cursor: Cursor): Duration | undefined {
  if (cursor.kind === '(') return parseDuration(cursor, 0);
  const sign = takeSign(cursor);
  if (sign === undefined) return parsePrimary(cursor);
  if (!isSign(cursor.kind)) return signed(sign, parsePrimary(cursor));
  return parseChains(cursor, signed(sign, parseNested(cursor, POWER_PRECEDENCE)), 0);
}

/** Tells whether a token is a number, of which a duration is one form. */
export function isNumeric(kind: TokenKind): boolean {
  return kind === 'number' || kind === 'duration';
}

function parseNested(cursor: Cursor, least: number): Duration | undefined {
  if (!cursor.enter()) return undefined;
  const duration = parseDuration(cursor, least);
  cursor.leave();
  return duration;
}

function parseDuration(cursor: Cursor, least: number): Duration | undefined {
  const sign = takeSign(cursor);
  const first =
    sign === undefined ? parsePrimary(cursor) : signed(sign, parseNested(cursor, POWER_PRECEDENCE));
  return parseChains(cursor, first, least);
}

/** Parses the operators behind `first` that bind at least as tightly as `least`. */
function parseChains(
  cursor: Cursor,
  first: Duration | undefined,
  least: number,
): Duration | undefined {
  let left = first;
  while (left !== undefined) {
    const precedence = precedenceOf(cursor.kind);
    if (precedence === undefined || precedence < least) break;
    left = parseChain(cursor, left, precedence);
  }
  return left;
}

function parseChain(
  cursor: Cursor,
  first: Duration,
  precedence: number,
): DurationBinary | undefined {
  const steps: DurationStep[] = [];
  const rightLeast = precedence === POWER_PRECEDENCE ? precedence : precedence + 1;
  for (let { kind } = cursor; precedenceOf(kind) === precedence; { kind } = cursor) {
    const { start } = cursor;
    if (!isArithmetic(kind) || !mayCompute(cursor)) return undefined;
    cursor.advance();
    const operand = parseNested(cursor, rightLeast);
    if (operand === undefined) return undefined;
    const isZero = operand.kind === 'durationLiteral' && operand.seconds === 0;
    if (isZero && (kind === '/' || kind === '%')) {
      return cursor.malformed({ problem: 'duration_division_by_zero', operator: kind }, start);
    }
    steps.push(Object.freeze({ operator: kind, operand }));
  }
  return Object.freeze({ kind: 'durationBinary', first, steps: Object.freeze(steps) });
}

function parsePrimary(cursor: Cursor): Duration | undefined {
  const { kind } = cursor;
  if (isNumeric(kind)) return parseLiteral(cursor);
  if (kind === '(') return mayCompute(cursor) ? parseParen(cursor) : undefined;
  if (isDurationFunction(kind)) return mayCompute(cursor) ? parseCall(cursor, kind) : undefined;
  return cursor.unexpected('duration');
}

function parseLiteral(cursor: Cursor): DurationLiteral | undefined {
  const { start } = cursor;
  const literal = parseNumber(cursor);
  if (literal === undefined) return undefined;
  const found = excerpt(literal.text);
  if (Number.isNaN(literal.seconds)) {
    return cursor.unsupported({ reason: 'offset_not_a_number', found }, start);
  }
  return literal.seconds > MAX_DURATION_SECONDS
    ? cursor.malformed({ problem: 'duration_out_of_range', found }, start)
    : literal;
}

function parseParen(cursor: Cursor): DurationParen | undefined {
  cursor.advance();
  const operand = parseNested(cursor, 0);
  if (operand === undefined || !cursor.expect(')', 'closing_parenthesis')) return undefined;
  return Object.freeze({ kind: 'durationParen', operand });
}

function parseCall(cursor: Cursor, name: DurationFunction): DurationCall | undefined {
  cursor.advance();
  if (!cursor.expect('(', 'opening_parenthesis')) return undefined;
  const args = name === 'step' || name === 'range' ? NO_ARGUMENTS : parsePair(cursor);
  if (args === undefined || !cursor.expect(')', 'closing_parenthesis')) return undefined;
  return Object.freeze({ kind: 'durationCall', name, args });
}

function parsePair(cursor: Cursor): readonly Duration[] | undefined {
  const first = parseNested(cursor, 0);
  if (first === undefined || !cursor.expect(',', 'next_duration')) return undefined;
  const second = parseNested(cursor, 0);
  return second && Object.freeze([first, second]);
}

/** Notes that a duration is computed from here on, which needs a feature and counts as a term. */
function mayCompute(cursor: Cursor): boolean {
  return cursor.allows('promql-duration-expr') && cursor.countTerm(cursor.start);
}

function signed(operator: '+' | '-', operand: Duration | undefined): Duration | undefined {
  if (operand?.kind !== 'durationLiteral') {
    return operand && Object.freeze({ kind: 'durationUnary', operator, operand });
  }
  const { kind, text, seconds } = operand;
  return Object.freeze({
    kind,
    text: operator + text,
    seconds: operator === '-' ? -seconds : seconds,
  });
}

function takeSign(cursor: Cursor): '+' | '-' | undefined {
  const { kind } = cursor;
  if (!isSign(kind)) return undefined;
  cursor.advance();
  return kind;
}

function isSign(kind: TokenKind): kind is '+' | '-' {
  return kind === '+' || kind === '-';
}

function isDurationFunction(kind: TokenKind): kind is DurationFunction {
  return DURATION_WORDS.has(kind);
}

function precedenceOf(kind: TokenKind): number | undefined {
  return isArithmetic(kind) ? PRECEDENCE.get(kind) : undefined;
}

function isArithmetic(kind: TokenKind): kind is ArithmeticSign {
  return ARITHMETIC.has(kind);
}

const ARITHMETIC: ReadonlySet<TokenKind> = new Set<ArithmeticSign>(['+', '-', '*', '/', '%', '^']);

const NO_ARGUMENTS: readonly Duration[] = Object.freeze([]);
