import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PROMQL_LIMITS } from '../../frontend/promql/options.ts';
import { parseQuery, parseSeriesSelector } from '../../frontend/promql/parse.ts';
import {
  scopeQuery,
  scopeSeriesSelectors,
  scopeWithoutSelector,
} from '../../frontend/promql/scope.ts';
import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';

function scopeOf(labels: Readonly<Record<string, string>>): TenantScope {
  const tenants = ['a', 'b'].flatMap((name) => parseTenantId(name) ?? []);
  return TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants, staticLabelsOf(labels));
}

const CLUSTER = scopeOf({ region: 'eu', cluster: 'one' });
const ADDED = 'cluster="one",region="eu",namespace=~"a|b"';

function scoped(query: string, scope: TenantScope = CLUSTER): string {
  const expr = parseQuery(query, DEFAULT_PROMQL_LIMITS);
  if (!expr.ok) throw new TypeError(JSON.stringify(expr.rejection));
  const text = scopeQuery(expr.value, scope);
  if (!text.ok) throw new TypeError(JSON.stringify(text.rejection));
  return text.value;
}

describe('a scope with static labels', () => {
  it.each([
    ['up', `up{${ADDED}}`],
    ['up{cluster="two"}', `up{cluster="two",${ADDED}}`],
    ['up{region="eu",cluster="one",a="b"}', `up{a="b",${ADDED}}`],
    ['up{cluster="one",cluster=~".+"}', `up{cluster="one",cluster=~".+",${ADDED}}`],
    ['up{namespace="a"}', `up{namespace="a",${ADDED}}`],
    ['topk(scalar(n), up)', `topk(scalar(n{${ADDED}}), up{${ADDED}})`],
    ['rate(up[5m])', `rate(up{${ADDED}}[5m])`],
    ['{__name__="up"}', `{__name__="up",${ADDED}}`],
  ])('adds them to every selector of %s', (query, expected) => {
    expect(scoped(query)).toBe(expected);
  });

  it('adds them to the selectors of match[], and to those of a request without any', () => {
    const selector = parseSeriesSelector('up', DEFAULT_PROMQL_LIMITS);
    if (!selector.ok) throw new TypeError('no selector');
    expect(scopeSeriesSelectors([selector.value], CLUSTER)).toMatchObject({
      value: [`up{${ADDED}}`],
    });
    expect(scopeWithoutSelector(CLUSTER)).toBe(`{${ADDED}}`);
  });

  it('adds nothing to a query that reads no series', () => {
    expect(scoped('1 + 1')).toBe('1 + 1');
  });

  it.each(['a"b', 'a\\', 'a",namespace="c', 'a}', '{', 'ä', 'a\nb'])(
    'keeps the value %j within its quotes',
    (value) => {
      const text = scoped('up', scopeOf({ cluster: value }));
      const again = parseQuery(text, DEFAULT_PROMQL_LIMITS);
      expect(again).toMatchObject({
        ok: true,
        value: {
          matchers: [
            { label: 'cluster', operator: '=', value },
            { label: 'namespace', operator: '=~', value: 'a|b' },
          ],
        },
      });
    },
  );
});
