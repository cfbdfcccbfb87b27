import type { GroupModifier, VectorMatching } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { refuseFeature } from './parse-duration.ts';
import { GROUPING_WORDS } from './token.ts';

/** What may stand between a binary operator and its right operand. */
export interface BinaryModifiers {
  readonly bool: boolean;
  readonly matching: VectorMatching | undefined;
}

/** Parses `bool`, `on (a) group_left (b)` and the like. */
export function parseBinaryModifiers(cursor: Cursor): BinaryModifiers | undefined {
  const bool = cursor.accept('bool');
  const matching = parseMatching(cursor);
  if (cursor.problem !== undefined) return undefined;
  const { kind } = cursor;
  if (kind === 'fill' || kind === 'fill_left' || kind === 'fill_right') {
    return refuseFeature(cursor, 'promql-binop-fill-modifiers');
  }
  return matching === undefined && !bool ? NO_BINARY_MODIFIERS : { bool, matching };
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

const NO_BINARY_MODIFIERS: BinaryModifiers = Object.freeze({ bool: false, matching: undefined });
