import { describe, expect, it } from '@jest/globals';
import { parseSeriesSelector } from '../../frontend/promql/parse.ts';
import {
  hasSelector,
  printSelectorless,
  scopeQuery,
  scopeSeriesSelectors,
  scopeWithoutSelector,
} from '../../frontend/promql/scope.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { accepted, parsed, refused } from './results.ts';
import { scopeOf } from './scopes.ts';

const ONE = scopeOf('team-a');
const TWO = scopeOf('team-b', 'team-a');

describe('scopeQuery', () => {
  it.each([
    ['an aggregation parameter', 'quantile(scalar(max(x)), up)'],
    ['an aggregation operand', 'sum(x)'],
    ['every argument of a call', 'clamp(a, scalar(b), scalar(c))'],
    ['both sides of an operator', 'a + b'],
    ['every operand of a chain', 'a + b - c + d'],
    ['both sides of a power', 'a ^ b ^ c'],
    ['a signed operand', '-a'],
    ['parentheses', '((a))'],
    ['a range', 'rate(a[5m])'],
    ['a subquery', 'rate((a + b)[5m:1m])'],
    ['a selector with modifiers', 'a offset 5m @ 1'],
    ['a range with modifiers', 'rate(a[5m] offset 5m @ start())'],
  ])('reaches %s', (_where, text) => {
    const query = accepted(scopeQuery(parsed(text), ONE));
    const selectors = text.match(/\b[abcdx]\b(?!\()|\bup\b/g) ?? [];
    expect(query.match(/\{namespace="team-a"\}/g)).toHaveLength(selectors.length);
    expect(query.replaceAll('{namespace="team-a"}', '')).toBe(text);
  });

  it.each([
    ['both arguments of info', 'info(a, {x="y"})', 'info(a{M}, {x="y",M})'],
    ['a second argument of info that is empty', 'info(a, {})', 'info(a{M}, {M})'],
    ['operands with what is filled in', 'a + fill(0) b', 'a{M} + fill(0) b{M}'],
    ['a computed range', 'rate(a[step()] anchored)', 'rate(a{M}[step()] anchored)'],
    ['the parameter of a limit', 'limitk(scalar(a), b)', 'limitk(scalar(a{M}), b{M})'],
  ])('reaches %s', (_where, text, scoped) => {
    const query = accepted(scopeQuery(parsed(text, {}, ALL_FEATURES), ONE));
    expect(query.replaceAll('namespace="team-a"', 'M')).toBe(scoped);
  });

  it('refuses a foreign tenant in the second argument of info in mode error', () => {
    const query = parsed('info(up, {namespace="team-z"})', {}, ALL_FEATURES);
    expect(refused(scopeQuery(query, ONE, { mode: 'error' })).code).toBe('tenant_matcher_conflict');
  });

  it('keeps a matcher of the caller beside its own', () => {
    const query = parsed('up{namespace=~"team-.*",job="x"}');
    expect(accepted(scopeQuery(query, TWO))).toBe(
      'up{namespace=~"team-.*",job="x",namespace=~"team-a|team-b"}',
    );
  });

  it('does not change the tree it is given', () => {
    const query = parsed('sum(up)');
    scopeQuery(query, ONE);
    expect(query).toEqual(parsed('sum(up)'));
  });

  it.each([
    ['another tenant', 'up{namespace="team-z"}'],
    ['a pattern', 'up{namespace=~"team-a.*"}'],
    ['all but a tenant', 'up{namespace!="team-a"}'],
    ['a quoted label', 'a + up{"name\\x73pace"="team-z"}'],
  ])('refuses %s in mode error', (_what, text) => {
    expect(refused(scopeQuery(parsed(text), TWO, { mode: 'error' })).code).toBe(
      'tenant_matcher_conflict',
    );
  });

  it('names both matchers and the place of the selector', () => {
    expect(
      refused(scopeQuery(parsed('a +\n up{namespace="team-z"}'), TWO, { mode: 'error' })),
    ).toEqual({
      code: 'tenant_matcher_conflict',
      found: 'namespace="team-z"',
      required: 'namespace=~"team-a|team-b"',
      position: { offset: 5, line: 2, column: 2 },
    });
  });

  it.each(['intersect', 'error'] as const)(
    'prints an equality with the one tenant of the scope once, in mode %s',
    (mode) => {
      const query = parsed('absent(up{namespace="team-a",job="x"}) or {"a",`namespace`="team-a"}');
      expect(accepted(scopeQuery(query, ONE, { mode }))).toBe(
        'absent(up{job="x",namespace="team-a"}) or {__name__="a",namespace="team-a"}',
      );
    },
  );

  it('lets a tenant of the scope through in mode error, and what was scoped before', () => {
    expect(accepted(scopeQuery(parsed('up{namespace="team-b"}'), TWO, { mode: 'error' }))).toBe(
      'up{namespace="team-b",namespace=~"team-a|team-b"}',
    );
    const once = accepted(scopeQuery(parsed('up'), TWO));
    expect(() => accepted(scopeQuery(parsed(once), TWO, { mode: 'error' }))).not.toThrow();
  });
});

describe('scopeSeriesSelectors', () => {
  const selector = (text: string) => accepted(parseSeriesSelector(text));

  it('adds the matcher of the scope to each', () => {
    expect(accepted(scopeSeriesSelectors([selector('up')], ONE))).toEqual([
      'up{namespace="team-a"}',
    ]);
    expect(accepted(scopeSeriesSelectors([selector('{a="b"}'), selector('up')], TWO))).toEqual([
      '{a="b",namespace=~"team-a|team-b"}',
      'up{namespace=~"team-a|team-b"}',
    ]);
    expect(accepted(scopeSeriesSelectors([], ONE))).toEqual([]);
  });

  it('refuses a foreign tenant in mode error', () => {
    const foreign = selector('up{namespace="team-z"}');
    const selectors = [selector('up'), foreign];
    expect(refused(scopeSeriesSelectors(selectors, ONE, { mode: 'error' })).code).toBe(
      'tenant_matcher_conflict',
    );
  });
});

describe('scopeWithoutSelector', () => {
  it('selects everything in the scope', () => {
    expect(scopeWithoutSelector(ONE)).toBe('{namespace="team-a"}');
    expect(scopeWithoutSelector(TWO)).toBe('{namespace=~"team-a|team-b"}');
  });
});

describe('printSelectorless', () => {
  it.each(['1 + 1', 'vector(time())', '"up{}"', 'hour() > bool 5', '-(1)'])('prints %s', (text) => {
    expect(hasSelector(parsed(text))).toBe(false);
    expect(printSelectorless(parsed(text))).toBe(text);
  });

  it.each(['up', '{a="b"}', 'topk(scalar(up), vector(1))', '1 + 1 + up', 'rate(up[5m])'])(
    'leaves %s to the scope',
    (text) => {
      expect(hasSelector(parsed(text))).toBe(true);
      expect(printSelectorless(parsed(text))).toBeUndefined();
    },
  );
});
