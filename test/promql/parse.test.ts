import { describe, expect, it } from '@jest/globals';
import type { PromqlFeature } from '../../frontend/promql/options.ts';
import { parseSeriesSelector } from '../../frontend/promql/parse.ts';
import { printExpr } from '../../frontend/promql/print.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { accepted, parsed, problemOf, refused } from './results.ts';

describe('parseQuery', () => {
  it('gives frozen data, tagged by kind', () => {
    const expr = parsed('sum by (a) (up{b!="c"} offset 5m)');
    expect(expr).toEqual({
      kind: 'aggregation',
      type: 'vector',
      operator: 'sum',
      grouping: { clause: 'by', labels: ['a'], placement: 'before' },
      param: undefined,
      operand: {
        kind: 'vectorSelector',
        type: 'vector',
        name: 'up',
        matchers: [{ label: 'b', operator: '!=', value: 'c' }],
        modifiers: [
          { kind: 'offset', offset: { kind: 'durationLiteral', text: '5m', seconds: 300 } },
        ],
        position: { offset: 12, line: 1, column: 13 },
      },
    });
    expect(isDeeplyFrozen(expr)).toBe(true);
  });

  it('makes one node of a chain of operators of one precedence', () => {
    expect(shapeOf('1 + 2 - 3 * 4 * 5')).toEqual(['+', '-']);
    expect(shapeOf('1 ^ 2 ^ 3')).toEqual(['^']);
  });

  it.each([
    ['a vector', 'up + 1', 'vector'],
    ['a scalar', '1 + 1', 'scalar'],
    ['a range', 'up[5m]', 'matrix'],
    ['a string', '("x")', 'string'],
  ])('knows the type of %s', (_what, text, type) => {
    expect(parsed(text).type).toBe(type);
  });

  it('counts positions in bytes, lines and characters', () => {
    expect(problemOf('"é🙂" +\r\n  üp')).toMatchObject({
      position: { offset: 14, line: 2, column: 3 },
    });
    expect(problemOf('1 # one\r+ # two\n)')).toMatchObject({
      position: { offset: 16, line: 3, column: 1 },
    });
  });

  it('ends a comment at a carriage return, as Prometheus does', () => {
    expect(printExpr(parsed('up # all of it?\r{a="b"}'))).toBe('up{a="b"}');
  });

  it.each(['\u00a0', '\v', '\f', '\u3000', '\ufeff', '\0'])('takes %j for no blank', (blank) => {
    expect(problemOf(`1${blank}+ 1`)).toMatchObject({
      code: 'query_malformed',
      problem: 'character_unexpected',
      found: blank,
    });
  });

  it.each([
    ['what a decoder left of bytes that were no text', '"a\ufffd"', 2],
    ['half a surrogate pair', '"a\ud83d"', 2],
    ['the other half', '`\ude00\ud83d`', 1],
  ])('refuses %s in a string', (_what, text, offset) => {
    expect(problemOf(text)).toMatchObject({
      problem: 'string_character_invalid',
      position: { offset },
    });
  });

  it.each(['1or 2', '5mor 1', '0b1', '1e', '0x', '1__0', '1._5', '0x1.8', '5m5m', '1.5h'])(
    'refuses the number in %s',
    (text) => {
      const problem = problemOf(text);
      expect(problem.code).toBe('query_malformed');
      expect(problem).toHaveProperty(
        'problem',
        expect.stringMatching(/^(number|duration)_malformed$/),
      );
    },
  );

  it('says what was found and what was expected', () => {
    expect(problemOf('sum(up))')).toEqual({
      code: 'query_malformed',
      problem: 'token_unexpected',
      found: ')',
      expected: 'operator',
      position: { offset: 7, line: 1, column: 8 },
    });
  });

  it('names the feature that a refused query needs', () => {
    expect(problemOf('mad_over_time(up[5m])')).toEqual({
      code: 'query_unsupported',
      reason: 'feature_disabled',
      feature: 'promql-experimental-functions',
      found: 'mad_over_time',
      position: { offset: 0, line: 1, column: 1 },
    });
  });

  it('quotes the beginning of what is long', () => {
    const digits = '1'.repeat(400);
    const found = `${'1'.repeat(79)}…`;
    expect(problemOf(digits)).toHaveProperty('found', found);
    expect(problemOf(`up ${digits}`)).toHaveProperty('found', found);
    const smileys = '🙂'.repeat(60);
    expect(problemOf(`"${smileys}\\xff"`)).toHaveProperty('found', `"${'🙂'.repeat(39)}…`);
  });

  it('tells the first of several problems', () => {
    expect(problemOf('up{a="\\d"} + )')).toHaveProperty('problem', 'escape_unknown');
  });
});

describe('parseQuery with features', () => {
  it('gives computed durations as frozen trees of their tokens', () => {
    const expr = parsed('a[-2 ^ 2 + (step())]', {}, ALL_FEATURES);
    expect(expr).toMatchObject({
      range: {
        kind: 'durationBinary',
        first: {
          kind: 'durationUnary',
          operator: '-',
          operand: {
            kind: 'durationBinary',
            first: { kind: 'durationLiteral', text: '2', seconds: 2 },
            steps: [{ operator: '^', operand: { text: '2' } }],
          },
        },
        steps: [
          {
            operator: '+',
            operand: {
              kind: 'durationParen',
              operand: { kind: 'durationCall', name: 'step', args: [] },
            },
          },
        ],
      },
    });
    expect(isDeeplyFrozen(expr)).toBe(true);
  });

  it('gives modifiers and what is filled in, in their order', () => {
    const expr = parsed('a smoothed @ 1 + fill_right(-0) fill_left(5m) b', {}, ALL_FEATURES);
    expect(expr).toMatchObject({
      first: { modifiers: [{ kind: 'smoothed' }, { kind: 'at' }] },
      steps: [
        {
          fills: [
            { kind: 'fill_right', text: '-0' },
            { kind: 'fill_left', text: '5m' },
          ],
        },
      ],
    });
    expect(isDeeplyFrozen(expr)).toBe(true);
  });

  it.each<[PromqlFeature, string]>([
    ['promql-experimental-functions', 'sort_by_label(up, "a")'],
    ['promql-experimental-functions', 'info(up, {})'],
    ['promql-experimental-functions', 'step()'],
    ['promql-experimental-functions', 'limit_ratio(1, up)'],
    ['promql-duration-expr', 'up offset step()'],
    ['promql-duration-expr', 'up offset -(5m)'],
    ['promql-duration-expr', 'up[5m:min_of(1m, 2m)]'],
    ['promql-extended-range-selectors', 'up anchored'],
    ['promql-extended-range-selectors', 'up[5m] smoothed'],
    ['promql-binop-fill-modifiers', 'a + fill(0) b'],
    ['promql-binop-fill-modifiers', 'a + on (c) group_left fill_right(0) b'],
  ])('needs %s, and nothing else, for %s', (feature, text) => {
    const others = { ...ALL_FEATURES, [feature]: false };
    expect(problemOf(text, {}, others)).toMatchObject({ reason: 'feature_disabled', feature });
    expect(() => parsed(text, {}, { [feature]: true })).not.toThrow();
  });
});

describe('parseSeriesSelector', () => {
  it.each([
    ['up', 'up'],
    ['offset', 'offset'],
    ['up{a="b"} # no more', 'up{a="b"}'],
    ['{"my.metric"}', '{__name__="my.metric"}'],
  ])('takes %s', (text, printed) => {
    expect(printExpr(accepted(parseSeriesSelector(text)))).toBe(printed);
  });

  it.each([
    ['up offset 5m', 'end'],
    ['up[5m]', 'end'],
    ['up @ 1', 'end'],
    ['up + up', 'end'],
    ['sum(up)', 'end'],
    ['(up)', 'series_selector'],
    ['1', 'series_selector'],
    ['', 'series_selector'],
  ])('refuses %s', (text, expected) => {
    expect(refused(parseSeriesSelector(text))).toMatchObject({
      problem: 'token_unexpected',
      expected,
    });
  });

  it('refuses to select everything', () => {
    expect(refused(parseSeriesSelector('{a=~".*"}'))).toHaveProperty(
      'problem',
      'selector_matches_everything',
    );
  });

  it('observes limits', () => {
    expect(refused(parseSeriesSelector('up', { maxBytes: 1 }))).toEqual({
      code: 'limit_query_bytes',
      limit: 1,
      value: 2,
    });
  });
});

function shapeOf(text: string): string[] {
  const expr = parsed(text);
  return expr.kind === 'binary' ? expr.steps.map(({ operator }) => operator) : [];
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}
