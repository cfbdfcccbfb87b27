import { describe, expect, it } from '@jest/globals';
import { hasSelector, scopeQuery } from '../../frontend/promql/scope.ts';
import { accepted, parsed, problemOf } from './results.ts';
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
