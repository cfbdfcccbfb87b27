import { describe, expect, it } from '@jest/globals';
import { parseSeriesSelector } from '../../frontend/promql/parse.ts';
import { scopeQuery } from '../../frontend/promql/scope.ts';
import {
  scopeQueryToCluster,
  scopeSelectorsToCluster,
  selectorOfCluster,
  staticSelectorOf,
} from '../../frontend/promql/scope-cluster.ts';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { accepted, parsed, refused } from './results.ts';
import { scopeOf } from './scopes.ts';

const ALL = ClusterScope.grant();
const ONE = ClusterScope.grant(staticLabelsOf({ region: 'eu', cluster: 'one' }));
const ADDED = 'cluster="one",region="eu"';

function scoped(query: string, scope: ClusterScope): string {
  return accepted(scopeQueryToCluster(parsed(query), scope));
}

describe('a query for the whole cluster', () => {
  it.each([
    'up',
    'up{namespace="team-a"}',
    'topk(scalar(n), up) or {__name__=~"a.*",namespace!="b"}',
    'rate(up[5m] offset 1h) / on (namespace) group_left () sum by (namespace) (kube_pod_info)',
    'max_over_time(sum(up)[1h:5m])',
    '1 + 1',
  ])('says what the caller says: %s', (query) => {
    expect(scoped(query, ALL)).toBe(query);
  });

  it.each([
    ['up', `up{${ADDED}}`],
    ['up{namespace="team-a"}', `up{namespace="team-a",${ADDED}}`],
    ['up{cluster="two"}', `up{cluster="two",${ADDED}}`],
    ['up{cluster="one"}', `up{${ADDED}}`],
    ['topk(scalar(n), up)', `topk(scalar(n{${ADDED}}), up{${ADDED}})`],
    ['max_over_time(sum(up)[1h:5m])', `max_over_time(sum(up{${ADDED}})[1h:5m])`],
    ['1 + 1', '1 + 1'],
  ])('gets the static labels in every selector of %s', (query, expected) => {
    expect(scoped(query, ONE)).toBe(expected);
  });

  it('never has the tenancy label, which the same query of a tenant has', () => {
    expect(scoped('up', ONE)).not.toContain('namespace');
    expect(accepted(scopeQuery(parsed('up'), scopeOf('team-a')))).toContain('namespace="team-a"');
  });

  it('is refused when its selectors become too long', () => {
    const query = Array.from({ length: 50 }, () => 'up').join(' + ');
    const options = { maxBytes: 1_000 };
    expect(refused(scopeQueryToCluster(parsed(query), ONE, options))).toEqual({
      code: 'limit_scoped_bytes',
      limit: 1_000,
      value: 50 * (ADDED.length + 1),
    });
    expect(accepted(scopeQueryToCluster(parsed(query), ALL, options))).toBe(query);
    expect(refused(scopeQueryToCluster(parsed(query), ALL, { maxBytes: 100 }))).toMatchObject({
      code: 'limit_scoped_bytes',
      value: query.length,
    });
  });
});

describe('the selectors of a request for the whole cluster', () => {
  it('get the static labels, too', () => {
    const selectors = ['up', '{job="x"}'].map((text) => accepted(parseSeriesSelector(text)));
    expect(accepted(scopeSelectorsToCluster(selectors, ONE))).toEqual([
      `up{${ADDED}}`,
      `{job="x",${ADDED}}`,
    ]);
    expect(accepted(scopeSelectorsToCluster(selectors, ALL))).toEqual(['up', '{job="x"}']);
  });

  it('are those of the static labels where none is named', () => {
    expect(staticSelectorOf(ONE)).toBe(`{${ADDED}}`);
    expect(selectorOfCluster(ONE)).toBe(`{${ADDED}}`);
    expect(staticSelectorOf(ALL)).toBeUndefined();
    expect(selectorOfCluster(ALL)).toBe('{__name__!=""}');
  });
});
