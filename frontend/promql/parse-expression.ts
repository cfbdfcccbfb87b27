import type { Binary, BinaryStep, Expr, Grouping } from './ast.ts';
import { checkAggregation, checkBinary, checkCall, checkSigned } from './check-types.ts';
import type { Cursor } from './cursor.ts';
import { excerpt } from './excerpt.ts';
import { ALL_FUNCTIONS, EXPERIMENTAL_FUNCTIONS } from './functions.ts';
import { parseNumber } from './parse-duration.ts';
import { parseBinaryModifiers, parseLabels } from './parse-grouping.ts';
import { parseAt, parseExtension, parseOffset, parseRange } from './parse-modifiers.ts';
import { parseInfoSelector, parseSelector } from './parse-selector.ts';
import {
  AGGREGATORS,
  CALLABLE_WORDS,
  EXPERIMENTAL_AGGREGATORS,
  METRIC_WORDS,
  POWER_PRECEDENCE,
  PRECEDENCE,
  type TokenKind,
} from './token.ts';

/**
 * Parses an expression of operators that bind at least as tightly as `least`.
 *
 * Types are checked as the tree is built, so a tree that exists is well typed.
 */
export function parseExpression(cursor: Cursor, least = 0): Expr | undefined {
  if (!cursor.enter()) return undefined;
  let left = parseOperand(cursor);
  while (left !== undefined) {
    const precedence = PRECEDENCE.get(cursor.kind);
    if (precedence === undefined || precedence < least) break;
    left = parseChain(cursor, left, precedence);
  }
  cursor.leave();
  return left;
}

/** Parses the operators of one precedence that follow `first`. */
function parseChain(cursor: Cursor, first: Expr, precedence: number): Binary | undefined {
  const steps: BinaryStep[] = [];
  const rightLeast = precedence === POWER_PRECEDENCE ? precedence : precedence + 1;
  let { type } = first;
  while (PRECEDENCE.get(cursor.kind) === precedence) {
    const { start } = cursor;
    const operator = cursor.take().toLowerCase();
    const modifiers = parseBinaryModifiers(cursor);
    if (modifiers === undefined) return undefined;
    const operand = parseExpression(cursor, rightLeast);
    if (operand === undefined) return undefined;
    const step = Object.freeze({ operator, ...modifiers, operand });
    const facts = checkBinary(type, step);
    if (facts !== undefined) return cursor.malformed(facts, start);
    steps.push(step);
    type = type === 'scalar' && operand.type === 'scalar' ? 'scalar' : 'vector';
  }
  if (type !== 'scalar' && type !== 'vector') return undefined;
  return Object.freeze({ kind: 'binary', type, first, steps: Object.freeze(steps) });
}

/** Parses an operand, and the modifiers of time behind it. */
function parseOperand(cursor: Cursor): Expr | undefined {
  const { kind } = cursor;
  if (kind === '+' || kind === '-') return parseSigned(cursor, kind);
  let operand = parsePrimary(cursor);
  while (operand !== undefined) {
    const postfix = POSTFIXES.get(cursor.kind);
    if (postfix === undefined) break;
    operand = postfix(cursor, operand);
  }
  return operand;
}

const POSTFIXES: ReadonlyMap<TokenKind, (cursor: Cursor, operand: Expr) => Expr | undefined> =
  new Map([
    ['[', parseRange],
    ['offset', parseOffset],
    ['@', parseAt],
    ['anchored', parseExtension],
    ['smoothed', parseExtension],
  ]);

/** A sign binds tighter than `*` and less tightly than `^`: `-2^2` is -4. */
function parseSigned(cursor: Cursor, operator: '+' | '-'): Expr | undefined {
  const { start } = cursor;
  cursor.advance();
  const operand = parseExpression(cursor, POWER_PRECEDENCE);
  if (operand === undefined) return undefined;
  const facts = checkSigned(operator, operand.type);
  if (facts !== undefined) return cursor.malformed(facts, start);
  return Object.freeze({ kind: 'unary', type: operand.type, operator, operand });
}

function parsePrimary(cursor: Cursor): Expr | undefined {
  const { kind } = cursor;
  if (METRIC_WORDS.has(kind)) return parseNamed(cursor);
  if (kind === '{') return parseSelector(cursor, cursor.start, undefined);
  if (kind === 'number' || kind === 'duration') return parseNumberLiteral(cursor);
  if (kind === '(') return parseParen(cursor);
  if (kind === 'string') return parseStringLiteral(cursor);
  return cursor.unexpected('expression');
}

function parseNumberLiteral(cursor: Cursor): Expr | undefined {
  if (!cursor.countTerm(cursor.start)) return undefined;
  const number = parseNumber(cursor);
  return number && Object.freeze({ kind: 'number', type: 'scalar', text: number.text });
}

function parseStringLiteral(cursor: Cursor): Expr | undefined {
  if (!cursor.countTerm(cursor.start)) return undefined;
  const value = cursor.takeString();
  if (value === undefined) return undefined;
  return Object.freeze({ kind: 'string', type: 'string', value });
}

function parseParen(cursor: Cursor): Expr | undefined {
  cursor.advance();
  const operand = parseExpression(cursor);
  if (operand === undefined || !cursor.expect(')', 'closing_parenthesis')) return undefined;
  return Object.freeze({ kind: 'paren', type: operand.type, operand });
}

/** Parses what begins with a word: an aggregation, a call or a selector. */
function parseNamed(cursor: Cursor): Expr | undefined {
  const { kind, start } = cursor;
  const word = cursor.take();
  const aggregator = AGGREGATORS.get(kind);
  const next = cursor.kind;
  if (aggregator !== undefined && (next === '(' || next === 'by' || next === 'without')) {
    return parseAggregation(cursor, kind, aggregator.hasParam, start);
  }
  if (next === '(' && CALLABLE.has(kind)) return parseCall(cursor, word, start);
  return parseSelector(cursor, start, word);
}

/** Words that name a function in front of a parenthesis. */
const CALLABLE: ReadonlySet<TokenKind> = new Set<TokenKind>(['identifier', ...CALLABLE_WORDS]);

function parseCall(cursor: Cursor, name: string, start: number): Expr | undefined {
  if (!cursor.countTerm(start)) return undefined;
  const called = ALL_FUNCTIONS.get(name);
  if (called === undefined) {
    return cursor.malformed({ problem: 'function_unknown', found: excerpt(name) }, start);
  }
  const isExperimental = EXPERIMENTAL_FUNCTIONS.has(name);
  if (isExperimental && !cursor.allows(EXPERIMENTAL, start, name)) return undefined;
  const args = parseArguments(cursor, name);
  if (args === undefined) return undefined;
  const facts = checkCall(name, called, args);
  if (facts !== undefined) return cursor.malformed(facts, start);
  if (name === 'info' && args.length === 1) {
    return cursor.unsupported({ reason: 'info_without_selector' }, start);
  }
  return Object.freeze({ kind: 'call', type: called.returns, name, args });
}

function parseAggregation(
  cursor: Cursor,
  kind: TokenKind,
  hasParam: boolean,
  start: number,
): Expr | undefined {
  if (!cursor.countTerm(start)) return undefined;
  const isExperimental = EXPERIMENTAL_AGGREGATORS.has(kind);
  if (isExperimental && !cursor.allows(EXPERIMENTAL, start, kind)) return undefined;
  const before = parseGrouping(cursor, 'before');
  const args = cursor.problem === undefined ? parseArguments(cursor, kind) : undefined;
  if (args === undefined) return undefined;
  const grouping = before ?? parseGrouping(cursor, 'after');
  if (cursor.problem !== undefined) return undefined;
  const facts = checkAggregation(kind, hasParam, args);
  if (facts !== undefined) return cursor.malformed(facts, start);
  const [param, operand] = hasParam ? args : [undefined, args[0]];
  if (operand === undefined) return undefined;
  return Object.freeze({
    kind: 'aggregation',
    type: 'vector',
    operator: kind,
    grouping,
    param,
    operand,
  });
}

function parseGrouping(cursor: Cursor, placement: Grouping['placement']): Grouping | undefined {
  const clause = cursor.kind;
  if (clause !== 'by' && clause !== 'without') return undefined;
  cursor.advance();
  const labels = parseLabels(cursor);
  return labels && Object.freeze({ clause, labels, placement });
}

function parseArguments(cursor: Cursor, name: string): readonly Expr[] | undefined {
  if (!cursor.expect('(', 'opening_parenthesis')) return undefined;
  if (cursor.accept(')')) return NO_ARGUMENTS;
  const args: Expr[] = [];
  do {
    // A comma must be followed by an argument, unlike in matchers and groupings.
    if (args.length > 0 && cursor.kind === ')') {
      return cursor.malformed({ problem: 'argument_missing' });
    }
    const isInfoSelector = name === 'info' && args.length === 1;
    const arg = isInfoSelector ? parseInfoSelector(cursor) : parseExpression(cursor);
    if (arg === undefined) return undefined;
    args.push(arg);
  } while (cursor.accept(','));
  return cursor.expect(')', 'next_argument') ? Object.freeze(args) : undefined;
}

const EXPERIMENTAL = 'promql-experimental-functions';

const NO_ARGUMENTS: readonly Expr[] = Object.freeze([]);
