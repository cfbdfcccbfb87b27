import { accept, refuse, type Result } from '../result.ts';
import type { Expr, VectorSelector } from './ast.ts';
import { Cursor } from './cursor.ts';
import {
  DEFAULT_PROMQL_FEATURES,
  DEFAULT_PROMQL_LIMITS,
  type PromqlFeatures,
  type PromqlLimits,
} from './options.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSelector } from './parse-selector.ts';
import { utf8Length } from './position.ts';
import type { Expectation, PromqlProblem } from './problem.ts';
import { METRIC_WORDS } from './token.ts';

/**
 * Parses and type-checks a PromQL query.
 *
 * It takes what Prometheus 3.15 takes with these features, but for the reasons of
 * `UnsupportedQuery`, and nothing else. Reading stops at the first problem.
 *
 * @param text - The query, decoded from valid UTF-8.
 * @param limits - Those that differ from {@link DEFAULT_PROMQL_LIMITS}.
 * @param features - Those that are on; by default none is.
 */
export function parseQuery(
  text: string,
  limits: Partial<PromqlLimits> = {},
  features: Partial<PromqlFeatures> = {},
): Result<Expr, PromqlProblem> {
  return parseWhole(text, { limits, features, after: 'operator' }, (cursor) =>
    cursor.kind === 'nothing'
      ? cursor.malformed({ problem: 'query_empty' })
      : parseExpression(cursor),
  );
}

/**
 * Parses a series selector, the form of `match[]`: a name, matchers, or both, and no modifiers.
 *
 * The rules for matchers are those of queries.
 */
export function parseSeriesSelector(
  text: string,
  limits: Partial<PromqlLimits> = {},
): Result<VectorSelector, PromqlProblem> {
  return parseWhole(text, { limits, features: {}, after: 'end' }, (cursor) => {
    const { start, kind } = cursor;
    if (kind === '{') return parseSelector(cursor, start, undefined);
    if (!METRIC_WORDS.has(kind)) return cursor.unexpected('series_selector');
    return parseSelector(cursor, start, cursor.take());
  });
}

interface Reading {
  readonly limits: Partial<PromqlLimits>;
  readonly features: Partial<PromqlFeatures>;
  /** What may follow what was parsed. */
  readonly after: Expectation;
}

function parseWhole<T>(
  text: string,
  reading: Reading,
  parse: (cursor: Cursor) => T | undefined,
): Result<T, PromqlProblem> {
  const limits = { ...DEFAULT_PROMQL_LIMITS, ...reading.limits };
  const bytes = text.length * 3 > limits.maxBytes ? utf8Length(text) : 0;
  if (bytes > limits.maxBytes) {
    return refuse({ code: 'limit_query_bytes', limit: limits.maxBytes, value: bytes });
  }
  const cursor = new Cursor(text, limits, { ...DEFAULT_PROMQL_FEATURES, ...reading.features });
  const parsed = cursor.problem === undefined ? parse(cursor) : undefined;
  if (parsed !== undefined && cursor.kind !== 'nothing') cursor.unexpected(reading.after);
  if (cursor.problem !== undefined) return refuse(cursor.problem);
  if (parsed === undefined) throw new TypeError('a query was refused without a reason');
  return accept(parsed);
}
