import { describe, expect, it } from '@jest/globals';
import { filterAlerts } from '../../frontend/answers/alerts.ts';
import { isInScope } from '../../frontend/answers/in-scope.ts';
import type { JsonObject } from '../../frontend/answers/json-value.ts';
import { filterRules } from '../../frontend/answers/rules.ts';
import {
  isOwnSilence,
  isVisibleSilence,
  visibleSilence,
} from '../../frontend/answers/silence-owner.ts';
import { type ListFilterName, narrowingOf } from '../../frontend/http/filters.ts';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { filtered, scopeOf, SHOWN } from './scopes.ts';

const ALL = ClusterScope.grant();
const ONE = ClusterScope.grant(staticLabelsOf({ cluster: 'one' }));
const ID = '00000000-0000-4000-8000-000000000001';

function silence(...matchers: readonly (readonly [string, string, boolean?])[]): JsonObject {
  return {
    id: ID,
    matchers: matchers.map(([name, value, isRegex = false]) => ({ name, value, isRegex })),
  };
}

describe('what belongs to the whole cluster', () => {
  it.each<[JsonObject, boolean, boolean]>([
    [{ namespace: 'team-a', cluster: 'one' }, true, true],
    [{ cluster: 'one' }, true, true],
    [{ namespace: 'team-a', cluster: 'two' }, true, false],
    [{ namespace: 'team-a' }, true, false],
    [{}, true, false],
  ])('of %j', (labels, inAll, inOne) => {
    expect(isInScope(labels, ALL)).toBe(inAll);
    expect(isInScope(labels, ONE)).toBe(inOne);
    expect(isInScope(labels, scopeOf('team-b'))).toBe(false);
  });

  it('are alerts with and without a tenant', () => {
    const alerts = [{ labels: { namespace: 'team-a' } }, { labels: { severity: 'page' } }];
    const answer = { status: 'success', data: { alerts } };
    expect(filtered(filterAlerts(ALL, SHOWN), answer)).toEqual(answer);
    const own = { status: 'success', data: { alerts: [alerts[0]] } };
    expect(filtered(filterAlerts(scopeOf('team-a'), SHOWN), answer)).toEqual(own);
  });

  it('are rules of the platform, too, but never the files they are in', () => {
    const rules = [
      { name: 'a', type: 'recording', labels: { namespace: 'team-a' } },
      { name: 'p', type: 'recording', labels: {}, lastError: 'Addr: 10.0.0.1' },
    ];
    const groups = [{ name: 'g', file: '/etc/secret-place', rules }];
    const answer = { status: 'success', data: { groups } };
    expect(filtered(filterRules(ALL, SHOWN), answer)).toEqual({
      status: 'success',
      data: {
        groups: [{ name: 'g', rules: [rules[0], { ...rules[1], lastError: 'hidden error' }] }],
      },
    });
    expect(JSON.stringify(filtered(filterRules(ONE, SHOWN), answer))).not.toContain('"a"');
  });
});

describe('silences that a reader of the whole cluster sees', () => {
  it.each<[JsonObject, boolean, boolean]>([
    [silence(['namespace', 'team-a']), true, false],
    [silence(['severity', '.*', true]), true, false],
    [silence(['cluster', 'one']), true, true],
    [silence(['cluster', 'one|two', true]), true, false],
    [{ id: ID }, false, false],
  ])('of %j', (it_, inAll, inOne) => {
    expect(isVisibleSilence(it_, ALL)).toBe(inAll);
    expect(isVisibleSilence(it_, ONE)).toBe(inOne);
  });

  it('are its own only as a tenant', () => {
    const own = silence(['namespace', 'team-a']);
    expect(isVisibleSilence(own, scopeOf('team-a'))).toBe(isOwnSilence(own, scopeOf('team-a')));
    expect(isVisibleSilence(own, scopeOf('team-b'))).toBe(false);
  });

  it('have the identifier that was asked for', () => {
    const some = silence(['severity', 'page']);
    expect(visibleSilence(some, ID, ALL)).toEqual(some);
    expect(visibleSilence(some, ID.replace('1', '2'), ALL)).toBeUndefined();
    expect(visibleSilence(null, ID, ALL)).toBeUndefined();
  });
});

describe('narrowingOf the whole cluster', () => {
  it.each<[ListFilterName, ClusterScope, readonly string[] | undefined]>([
    ['metadata', ONE, ['{cluster="one"}']],
    ['metadata', ALL, undefined],
    ['alertmanagerAlerts', ONE, ['cluster="one"']],
    ['alertmanagerAlerts', ALL, undefined],
    ['alertmanagerGroups', ALL, undefined],
    ['silences', ONE, ['cluster="one"']],
    ['silences', ALL, undefined],
    ['rules', ONE, undefined],
  ])('for %s', (name, scope, values) => {
    expect(narrowingOf(name, scope)?.values).toEqual(values);
  });
});
