import type { Matcher, MatcherOperator, VectorSelector } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { excerpt } from './excerpt.ts';
import { judgeRegex } from './regex.ts';
import type { TokenKind } from './token.ts';

/** The label that holds a metric's name. */
const METRIC_NAME_LABEL = '__name__';

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
  const read = readSelector(cursor, start, name);
  if (read === undefined || name !== undefined || read.rejectsEmpty) return read?.selector;
  return cursor.malformed({ problem: 'selector_matches_everything' }, start);
}

/**
 * Parses the second argument of `info`: braces alone, which may match everything, for the engine
 * adds the identifying labels of the first argument.
 */
export function parseInfoSelector(cursor: Cursor): VectorSelector | undefined {
  const { start } = cursor;
  if (cursor.kind !== '{') return cursor.malformed({ problem: 'info_selector_expected' });
  const selector = readSelector(cursor, start, undefined)?.selector;
  if (selector === undefined || !MODIFIER_WORDS.has(cursor.kind)) return selector;
  return cursor.unsupported({ reason: 'info_selector_modified', found: cursor.token });
}

/** A selector, and whether one of its matchers keeps out series without the label. */
interface ReadSelector {
  readonly selector: VectorSelector;
  readonly rejectsEmpty: boolean;
}

function readSelector(
  cursor: Cursor,
  start: number,
  name: string | undefined,
): ReadSelector | undefined {
  if (!cursor.countTerm(start) || !cursor.countSelector(start)) return undefined;
  const position = cursor.positionAt(start);
  const read = cursor.kind === '{' ? parseMatchers(cursor) : NO_MATCHERS;
  if (read === undefined) return undefined;
  const { matchers, rejectsEmpty } = read;
  if (name !== undefined && matchers.some((matcher) => matcher.label === METRIC_NAME_LABEL)) {
    return cursor.malformed({ problem: 'metric_name_repeated', found: excerpt(name) }, start);
  }
  const selector: VectorSelector = Object.freeze({
    kind: 'vectorSelector',
    type: 'vector',
    name,
    matchers,
    modifiers: NO_MODIFIERS,
    position,
  });
  return { selector, rejectsEmpty };
}

interface ReadMatchers {
  readonly matchers: readonly Matcher[];
  readonly rejectsEmpty: boolean;
}

function parseMatchers(cursor: Cursor): ReadMatchers | undefined {
  cursor.advance();
  const matchers: Matcher[] = [];
  let rejectsEmpty = false;
  while (cursor.kind !== '}') {
    const read = parseMatcher(cursor);
    if (read === undefined) return undefined;
    matchers.push(read.matcher);
    rejectsEmpty ||= read.rejectsEmpty;
    if (!cursor.accept(',')) break;
  }
  if (!cursor.expect('}', 'next_matcher')) return undefined;
  return { matchers: Object.freeze(matchers), rejectsEmpty };
}

/**
 * A matcher, and whether it keeps out series without its label. A selector needs a name or one such
 * matcher: Prometheus refuses `{}` and `{a=~".*"}`, lest a slip selects every series there is.
 */
interface ReadMatcher {
  readonly matcher: Matcher;
  readonly rejectsEmpty: boolean;
}

function parseMatcher(cursor: Cursor): ReadMatcher | undefined {
  const { start, kind } = cursor;
  if (kind !== 'identifier' && kind !== 'string') return cursor.unexpected('matcher');
  const label = kind === 'string' ? cursor.takeString() : cursor.take();
  if (label === undefined) return undefined;
  const operator = OPERATORS.get(cursor.kind);
  if (operator === undefined) {
    // A string alone is a metric name.
    if (kind !== 'string') return cursor.unexpected('matcher_operator');
    return readMatcher({ label: METRIC_NAME_LABEL, operator: '=', value: label }, label === '');
  }
  cursor.advance();
  if (cursor.kind !== 'string') return cursor.unexpected('matcher_value');
  const valueStart = cursor.start;
  const value = cursor.takeString();
  if (value === undefined) return undefined;
  if (label === '') return cursor.unsupported({ reason: 'label_name_empty' }, start);
  const isRegex = operator === '=~' || operator === '!~';
  const takesEmpty = isRegex ? judgePattern(cursor, value, valueStart) : value === '';
  return takesEmpty === undefined ? undefined : readMatcher({ label, operator, value }, takesEmpty);
}

/** @param takesEmpty - Whether the value, or the pattern, stands for the empty text. */
function readMatcher(matcher: Matcher, takesEmpty: boolean): ReadMatcher {
  const isNegative = matcher.operator.startsWith('!');
  return { matcher: Object.freeze(matcher), rejectsEmpty: takesEmpty === isNegative };
}

/** Tells whether a pattern matches the empty text; a problem if it is none, or is refused. */
function judgePattern(cursor: Cursor, pattern: string, start: number): boolean | undefined {
  const verdict = judgeRegex(pattern);
  switch (verdict.kind) {
    case 'valid':
      return verdict.matchesEmpty;
    case 'malformed':
      return cursor.malformed({ problem: 'regex_malformed', found: excerpt(pattern) }, start);
    case 'class_unknown': {
      const found = excerpt(verdict.found);
      return cursor.unsupported({ reason: 'regex_class_unknown', found }, start);
    }
    case 'too_large':
      return cursor.unsupported({ reason: 'regex_too_large' }, start);
    default:
      return verdict satisfies never;
  }
}

const MODIFIER_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'offset',
  '@',
  'anchored',
  'smoothed',
]);

const NO_MATCHERS: ReadMatchers = { matchers: Object.freeze([]), rejectsEmpty: false };
const NO_MODIFIERS: VectorSelector['modifiers'] = Object.freeze([]);
