import type { FillModifier, GroupModifier, VectorMatching } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { isNumeric, parseNumber } from './parse-duration.ts';
import { GROUPING_WORDS, type TokenKind } from './token.ts';

/** What may stand between a binary operator and its right operand. */
export interface BinaryModifiers {
  readonly bool: boolean;
  readonly matching: VectorMatching | undefined;
  readonly fills: readonly FillModifier[];
}

/** Parses `bool`, `on (a) group_left (b)`, `fill_left (0)` and the like. */
export function parseBinaryModifiers(cursor: Cursor): BinaryModifiers | undefined {
  const bool = cursor.accept('bool');
  const matching = parseMatching(cursor);
  if (cursor.problem !== undefined) return undefined;
  const fills = parseFills(cursor);
  if (fills === undefined) return undefined;
  const isPlain = matching === undefined && !bool && fills.length === 0;
  return isPlain ? NO_BINARY_MODIFIERS : { bool, matching, fills };
}

/** Parses a list of label names in parentheses. */
export function parseLabels(cursor: Cursor): readonly string[] | undefined {
  if (!cursor.expect('(', 'opening_parenthesis')) return undefined;
  const labels: string[] = [];
  while (cursor.kind !== ')') {
    const label = parseLabel(cursor);
    if (label === undefined) return undefined;
    labels.push(label);
    if (!cursor.accept(',')) break;
  }
  return cursor.expect(')', 'next_label') ? Object.freeze(labels) : undefined;
}

function parseLabel(cursor: Cursor): string | undefined {
  const { kind, start } = cursor;
  if (GROUPING_WORDS.has(kind)) return cursor.take();
  if (kind !== 'string') return cursor.unexpected('label');
  const label = cursor.takeString();
  return label === '' ? cursor.malformed({ problem: 'label_name_empty' }, start) : label;
}

function parseMatching(cursor: Cursor): VectorMatching | undefined {
  const clause = cursor.kind;
  if (clause !== 'on' && clause !== 'ignoring') return undefined;
  cursor.advance();
  const labels = parseLabels(cursor);
  if (labels === undefined) return undefined;
  const group = parseGroup(cursor);
  return Object.freeze({ clause, labels, group });
}

function parseGroup(cursor: Cursor): GroupModifier | undefined {
  const side = cursor.kind;
  if (side !== 'group_left' && side !== 'group_right') return undefined;
  cursor.advance();
  // A parenthesis here opens a list of labels, even where it was meant to open the right operand.
  const labels = cursor.kind === '(' ? parseLabels(cursor) : undefined;
  return Object.freeze({ side, labels });
}

/** Parses one of `fill`, `fill_left` and `fill_right`, or the latter two in either order. */
function parseFills(cursor: Cursor): readonly FillModifier[] | undefined {
  const fills: FillModifier[] = [];
  for (let { kind } = cursor; isFill(kind) && mayFollow(fills, kind); { kind } = cursor) {
    if (!cursor.allows('promql-binop-fill-modifiers')) return undefined;
    cursor.advance();
    const text = parseFillValue(cursor);
    if (text === undefined) return undefined;
    fills.push(Object.freeze({ kind, text }));
  }
  return fills.length === 0 ? NO_FILLS : Object.freeze(fills);
}

function parseFillValue(cursor: Cursor): string | undefined {
  if (!cursor.expect('(', 'opening_parenthesis')) return undefined;
  const sign = cursor.kind === '+' || cursor.kind === '-' ? cursor.take() : '';
  if (!isNumeric(cursor.kind)) return cursor.unexpected('fill_value');
  const value = parseNumber(cursor, sign);
  return cursor.expect(')', 'closing_parenthesis') ? value?.text : undefined;
}

/** Where a second one cannot follow, the word is the name of the metric on the right. */
function mayFollow([first]: readonly FillModifier[], kind: FillModifier['kind']): boolean {
  if (first === undefined) return true;
  return first.kind !== kind && first.kind !== 'fill' && kind !== 'fill';
}

function isFill(kind: TokenKind): kind is FillModifier['kind'] {
  return kind === 'fill' || kind === 'fill_left' || kind === 'fill_right';
}

const NO_FILLS: readonly FillModifier[] = Object.freeze([]);

const NO_BINARY_MODIFIERS: BinaryModifiers = Object.freeze({
  bool: false,
  matching: undefined,
  fills: NO_FILLS,
});
