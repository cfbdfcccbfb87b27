import { describe, expect, it } from '@jest/globals';
import { parseSeriesSelector } from '../../frontend/promql/parse.ts';
import { hasSelector, scopeQuery, scopeSeriesSelectors } from '../../frontend/promql/scope.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { accepted, parsed, problemOf, refused } from './results.ts';
import { scopeOf } from './scopes.ts';

describe('the limits of a query', () => {
  it.each([
    ['bytes', { maxBytes: 4 }, '"é"', '"éa"', { limit: 4, value: 5 }],
    ['levels', { maxDepth: 3 }, '((1))', '(((1)))', { limit: 3, value: 4 }],
    ['levels of signs', { maxDepth: 3 }, '--1', '---1', { limit: 3, value: 4 }],
    ['levels of powers', { maxDepth: 3 }, '1^1^1', '1^1^1^1', { limit: 3, value: 4 }],
    ['selectors', { maxSelectors: 2 }, 'a+b', 'a+b+c', { limit: 2, value: 3 }],
    ['terms', { maxTerms: 3 }, 'abs(a)+1', 'abs(a)+1+"x"', { limit: 3, value: 4 }],
  ])('are exact in %s', (_what, limits, allowed, tooMuch, facts) => {
    expect(() => parsed(allowed, limits)).not.toThrow();
    expect(problemOf(tooMuch, limits)).toMatchObject(facts);
  });

  it.each([
    ['limit_query_bytes', '1'.repeat(32_769)],
    ['limit_query_depth', `${'('.repeat(200)}1${')'.repeat(200)}`],
    ['limit_query_selectors', Array.from({ length: 501 }, () => 'a').join('+')],
    ['limit_query_terms', Array.from({ length: 2_001 }, () => '1').join('+')],
  ])('have defaults that answer %s', (code, text) => {
    expect(problemOf(text).code).toBe(code);
  });

  it('let through a long sum, which is wide and not deep', () => {
    const text = Array.from({ length: 8_000 }, () => 'a').join(' + ');
    const limits = { maxSelectors: 8_000, maxTerms: 8_000 };
    const query = accepted(scopeQuery(parsed(text, limits), scopeOf('team-a')));
    expect(query.split(' + ')).toHaveLength(8_000);
    expect(hasSelector(parsed(text, limits))).toBe(true);
  });

  it.each([
    ['brackets', '(', '1', ')'],
    ['signs', '-', '1', ''],
    ['calls', 'abs(', 'a', ')'],
    ['aggregations', 'sum by (x) (', 'a', ')'],
    ['powers', '2 ^ ', '2', ''],
    ['operators that bind tighter and tighter', '1 or a and 2 == 3 + 4 * 5 ^ (', 'a', ')'],
    ['subqueries', 'rate((', 'a[1m:]', ')[1m:])'],
  ])('stop a flood of %s without harm', (_what, open, middle, close) => {
    const text = (times: number): string => open.repeat(times) + middle + close.repeat(times);
    expect(problemOf(text(10_000), { maxBytes: 1_000_000 }).code).toMatch(
      /^(limit_query_depth|query_malformed)$/,
    );
  });

  it.each([
    ['brackets', 'a offset ', '(', '5m', ')'],
    ['signs', 'a offset ', '-', '5m', ''],
    ['powers', 'a offset (', '2 ^ ', '2', ''],
    ['calls', 'a offset ', 'min_of(1,', '2', ')'],
  ])('stop a flood of %s in a duration without harm', (_what, head, open, middle, close) => {
    const text = head + open.repeat(10_000) + middle + close.repeat(10_000);
    expect(problemOf(text, { maxBytes: 1_000_000 }, ALL_FEATURES).code).toBe('limit_query_depth');
  });

  it.each([
    ['operators', `up[5m${' + 1'.repeat(3)}]`],
    ['calls', 'up[step() + step()]'],
    ['parentheses', 'up[((((5m))))]'],
  ])('count %s in a duration as terms', (_what, text) => {
    expect(() => parsed(text, { maxTerms: 5 }, ALL_FEATURES)).not.toThrow();
    expect(problemOf(text, { maxTerms: 3 }, ALL_FEATURES).code).toBe('limit_query_terms');
  });

  it.each([
    ['brackets', '(', 'a', ')', 1],
    ['calls', 'abs(', 'a', ')', 1],
    ['operators that bind tighter and tighter', 'a or b and c == d + e * f ^ (', 'a', ')', 7],
    ['subqueries', 'sum_over_time((', 'a', ')[1m:])', 2],
  ])('may be raised to 1,000 levels of %s', (_what, open, middle, close, levels) => {
    const times = Math.floor(999 / levels);
    const text = open.repeat(times) + middle + close.repeat(times);
    const query = parsed(text, { maxDepth: 1_000, maxSelectors: 5_000 });
    expect(() => accepted(scopeQuery(query, scopeOf('team-a')))).not.toThrow();
  });
});

describe('the limit of the scoped text', () => {
  const scope = scopeOf('team-a', 'team-b');

  it.each([
    ['a', 'a{namespace=~"team-a|team-b"}'],
    ['a{b="é"}', 'a{b="é",namespace=~"team-a|team-b"}'],
    ['a+b', 'a{namespace=~"team-a|team-b"} + b{namespace=~"team-a|team-b"}'],
  ])('is exact in the bytes of %s', (text, scoped) => {
    const bytes = Buffer.byteLength(scoped);
    expect(accepted(scopeQuery(parsed(text), scope, { maxBytes: bytes }))).toBe(scoped);
    expect(refused(scopeQuery(parsed(text), scope, { maxBytes: bytes - 1 }))).toEqual({
      code: 'limit_scoped_bytes',
      limit: bytes - 1,
      value: bytes,
    });
  });

  it('is one for all selectors of a request', () => {
    const selectors = ['a', 'b{c="d"}'].map((text) => accepted(parseSeriesSelector(text)));
    const scoped = accepted(scopeSeriesSelectors(selectors, scope));
    const bytes = scoped.join('').length;
    expect(() =>
      accepted(scopeSeriesSelectors(selectors, scope, { maxBytes: bytes })),
    ).not.toThrow();
    expect(refused(scopeSeriesSelectors(selectors, scope, { maxBytes: bytes - 1 })).code).toBe(
      'limit_scoped_bytes',
    );
  });

  it('has a default that many tenants in many selectors exceed, which is told without printing', () => {
    const many = scopeOf(
      ...Array.from({ length: 200 }, (_, index) => `tenant-with-a-name-${index}`),
    );
    const query = parsed(Array.from({ length: 500 }, () => 'a').join('+'));
    const matcher = accepted(scopeQuery(parsed('a'), many)).length - 'a{}'.length;
    expect(refused(scopeQuery(query, many))).toEqual({
      code: 'limit_scoped_bytes',
      limit: 262_144,
      // The names and the operators are not counted: they were not printed.
      value: 500 * (matcher + 1),
    });
  });
});
