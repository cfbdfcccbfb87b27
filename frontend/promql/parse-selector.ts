import type { Matcher, MatcherOperator, VectorSelector } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { excerpt } from './excerpt.ts';
import { judgeRegex } from './regex.ts';
import type { TokenKind } from './token.ts';

/** The label that holds a metric's name. */
export const METRIC_NAME_LABEL = '__name__';

const OPERATORS: ReadonlyMap<TokenKind, MatcherOperator> = new Map([
  ['=', '='],
  ['!=', '!='],
  ['=~', '=~'],
  ['!~', '!~'],
]);

/** Parses the rest of a selector, whose name, if it has one, has just been read. */
export function parseSelector(
  cursor: Cursor,
  start: number,
  name: string | undefined,
): VectorSelector | undefined {
  const selector = readSelector(cursor, start, name);
  if (selector === undefined || name !== undefined) return selector;
  if (selector.matchers.some(rejectsEmpty)) return selector;
  return cursor.malformed({ problem: 'selector_matches_everything' }, start);
}

/**
 * Parses the second argument of `info`: braces alone, which may match everything, for the engine
 * adds the identifying labels of the first argument.
 */
export function parseInfoSelector(cursor: Cursor): VectorSelector | undefined {
  const { start } = cursor;
  if (cursor.kind !== '{') return cursor.malformed({ problem: 'info_selector_expected' });
  const selector = readSelector(cursor, start, undefined);
  if (selector === undefined || !MODIFIER_WORDS.has(cursor.kind)) return selector;
  return cursor.unsupported({ reason: 'info_selector_modified', found: cursor.token });
}

function readSelector(
  cursor: Cursor,
  start: number,
  name: string | undefined,
): VectorSelector | undefined {
  if (!cursor.countTerm(start) || !cursor.countSelector(start)) return undefined;
  const position = cursor.positionAt(start);
  const matchers = cursor.kind === '{' ? parseMatchers(cursor) : NO_MATCHERS;
  if (matchers === undefined) return undefined;
  if (name !== undefined && matchers.some((matcher) => matcher.label === METRIC_NAME_LABEL)) {
    return cursor.malformed({ problem: 'metric_name_repeated', found: excerpt(name) }, start);
  }
  return Object.freeze({
    kind: 'vectorSelector',
    type: 'vector',
    name,
    matchers,
    modifiers: NO_MODIFIERS,
    position,
  });
}

function parseMatchers(cursor: Cursor): readonly Matcher[] | undefined {
  cursor.advance();
  const matchers: Matcher[] = [];
  while (cursor.kind !== '}') {
    const matcher = parseMatcher(cursor);
    if (matcher === undefined) return undefined;
    matchers.push(matcher);
    if (!cursor.accept(',')) break;
  }
  return cursor.expect('}', 'next_matcher') ? Object.freeze(matchers) : undefined;
}

function parseMatcher(cursor: Cursor): Matcher | undefined {
  const { start, kind } = cursor;
  if (kind !== 'identifier' && kind !== 'string') return cursor.unexpected('matcher');
  const label = kind === 'string' ? cursor.takeString() : cursor.take();
  if (label === undefined) return undefined;
  const operator = OPERATORS.get(cursor.kind);
  if (operator === undefined) {
    // A string alone is a metric name.
    if (kind !== 'string') return cursor.unexpected('matcher_operator');
    return Object.freeze({ label: METRIC_NAME_LABEL, operator: '=', value: label });
  }
  cursor.advance();
  if (cursor.kind !== 'string') return cursor.unexpected('matcher_value');
  const valueStart = cursor.start;
  const value = cursor.takeString();
  if (value === undefined) return undefined;
  if (label === '') return cursor.unsupported({ reason: 'label_name_empty' }, start);
  if (!isRegexAllowed(cursor, operator, value, valueStart)) return undefined;
  return Object.freeze({ label, operator, value });
}

function isRegexAllowed(
  cursor: Cursor,
  operator: MatcherOperator,
  value: string,
  start: number,
): boolean {
  if (operator === '=' || operator === '!=') return true;
  const verdict = judgeRegex(value);
  switch (verdict.kind) {
    case 'valid':
      return true;
    case 'malformed':
      cursor.malformed({ problem: 'regex_malformed', found: excerpt(value) }, start);
      return false;
    case 'class_unknown':
      cursor.unsupported({ reason: 'regex_class_unknown', found: excerpt(verdict.found) }, start);
      return false;
    case 'too_large':
      cursor.unsupported({ reason: 'regex_too_large' }, start);
      return false;
    default:
      return verdict satisfies never;
  }
}

/**
 * Tells whether a matcher keeps out series without its label. A selector needs a name or one such
 * matcher: Prometheus refuses `{}` and `{a=~".*"}`, lest a slip selects every series there is.
 */
function rejectsEmpty({ operator, value }: Matcher): boolean {
  switch (operator) {
    case '=':
      return value !== '';
    case '!=':
      return value === '';
    case '=~':
      return !matchesEmpty(value);
    case '!~':
      return matchesEmpty(value);
    default:
      return operator satisfies never;
  }
}

function matchesEmpty(pattern: string): boolean {
  const verdict = judgeRegex(pattern);
  return verdict.kind !== 'valid' || verdict.matchesEmpty;
}

const MODIFIER_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'offset',
  '@',
  'anchored',
  'smoothed',
]);

const NO_MATCHERS: readonly Matcher[] = Object.freeze([]);
const NO_MODIFIERS: VectorSelector['modifiers'] = Object.freeze([]);
