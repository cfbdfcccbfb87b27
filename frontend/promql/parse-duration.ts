import type { Duration } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { excerpt } from './excerpt.ts';
import { isAmbiguous, MAX_DURATION_SECONDS, readDuration, readNumber } from './number-literal.ts';
import type { PromqlFeature } from './problem.ts';
import type { TokenKind } from './token.ts';

/** Parses a number or duration token and moves past it. `sign` stands in front of it. */
export function parseNumber(cursor: Cursor, sign = ''): Duration | undefined {
  const { kind, start } = cursor;
  const token = cursor.take();
  if (isAmbiguous(token)) {
    return cursor.unsupported({ reason: 'hexadecimal_ambiguous', found: token }, start);
  }
  const number = kind === 'duration' ? readDuration(token) : readNumber(token);
  if (!number.ok) return cursor.malformed(number.rejection, start);
  const isNegative = sign.replaceAll('+', '').length % 2 === 1;
  return Object.freeze({
    text: sign + token,
    seconds: isNegative ? -number.value : number.value,
  });
}

/** Refuses what needs a feature that is off. */
export function refuseFeature(cursor: Cursor, feature: PromqlFeature, start?: number): undefined {
  const found = excerpt(cursor.token);
  return cursor.unsupported({ reason: 'feature_disabled', feature, found }, start);
}

/** Parses a duration greater than 0, as ranges and steps are. */
export function parsePositiveDuration(cursor: Cursor): Duration | undefined {
  const { start } = cursor;
  const duration = parseSignedDuration(cursor);
  if (duration === undefined) return undefined;
  if (ARITHMETIC.has(cursor.kind)) return refuseFeature(cursor, 'promql-duration-expr');
  if (duration.seconds <= 0) {
    return cursor.malformed(
      { problem: 'duration_not_positive', found: excerpt(duration.text) },
      start,
    );
  }
  return duration;
}

/** Parses a duration with any number of signs in front of it. */
export function parseSignedDuration(cursor: Cursor): Duration | undefined {
  const { start } = cursor;
  let signs = '';
  while (cursor.kind === '+' || cursor.kind === '-') signs += cursor.take();
  if (DURATION_EXPRESSION_STARTS.has(cursor.kind)) {
    return refuseFeature(cursor, 'promql-duration-expr');
  }
  if (!isNumeric(cursor.kind)) return cursor.unexpected('duration');
  const duration = parseNumber(cursor, signs);
  if (duration === undefined) return undefined;
  if (Math.abs(duration.seconds) > MAX_DURATION_SECONDS) {
    return cursor.malformed(
      { problem: 'duration_out_of_range', found: excerpt(duration.text) },
      start,
    );
  }
  // After several signs an operator continues the duration; after one it belongs to the query.
  if (signs.length > 1 && ARITHMETIC.has(cursor.kind)) {
    return refuseFeature(cursor, 'promql-duration-expr');
  }
  return duration;
}

/** Tells whether a token is a number, of which a duration is one form. */
export function isNumeric(kind: TokenKind): boolean {
  return kind === 'number' || kind === 'duration';
}

const ARITHMETIC: ReadonlySet<TokenKind> = new Set<TokenKind>(['+', '-', '*', '/', '%', '^']);

const DURATION_EXPRESSION_STARTS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  '(',
  'step',
  'range',
  'max_of',
  'min_of',
]);
