import { describe, expect, it } from '@jest/globals';
import { filterRules } from '../../frontend/answers/rules.ts';
import type { RulePageRequest } from '../../frontend/answers/rule-page.ts';
import { filtered, scopeOf, SHOWN } from './scopes.ts';

const A = { namespace: 'team-a' };
const B = { namespace: 'team-b' };

function alert(labels: object, state = 'firing'): object {
  return {
    labels,
    annotations: { text: 'x' },
    state,
    activeAt: '2026-01-01T00:00:00Z',
    value: '1',
  };
}

function alerting(labels: object, alerts: unknown = [], more: object = {}): object {
  return {
    state: 'firing',
    name: 'Down',
    query: 'up == 0',
    labels,
    alerts,
    type: 'alerting',
    ...more,
  };
}

function recording(labels: object, more: object = {}): object {
  return { name: 'a:b', query: 'sum(up)', labels, health: 'ok', type: 'recording', ...more };
}

function group(rules: unknown, more: object = {}): object {
  return { name: 'g', file: '/etc/rules/team-b.yaml', interval: 30, limit: 0, rules, ...more };
}

function answer(groups: unknown, more: object = {}): object {
  return { status: 'success', data: { groups }, ...more };
}

function filter(given: unknown, request: RulePageRequest = {}, ...tenants: string[]): unknown {
  return filtered(filterRules(scopeOf('team-a', ...tenants), SHOWN, request), given);
}

function groupsOf(given: unknown, ...tenants: string[]): unknown {
  return (filter(given, {}, ...tenants) as { data: { groups: unknown } }).data.groups;
}

describe('filterRules', () => {
  it('keeps rules of the scope, and what they hold', () => {
    const own = [
      recording(A, { keepFiringFor: 3, futureMember: { deep: [1] } }),
      alerting(A, [alert({ ...A, alertname: 'Down' }), alert(A, 'pending')]),
    ];
    expect(
      groupsOf(answer([group([own[0], recording(B), alerting(B, [alert(B)]), own[1]])])),
    ).toEqual([{ name: 'g', interval: 30, limit: 0, rules: own }]);
  });

  it.each<[string, unknown]>([
    ['of another tenant', recording(B)],
    ['without the label', recording({ severity: 'page' })],
    ['without labels', { name: 'x', query: 'up' }],
    ['whose label is empty', recording({ namespace: '' })],
    ['whose label is a template', alerting({ namespace: '{{ $labels.namespace }}' }, [alert(A)])],
    ['whose label only begins like the tenant', recording({ namespace: 'team-a|team-b' })],
    ['whose label is no text', recording({ namespace: ['team-a'] })],
    ['whose labels are a list', recording([['namespace', 'team-a']])],
    ['whose label differs in case', recording({ Namespace: 'team-a' })],
    ['that is no object', 'team-a'],
    ['that is a list', [A]],
  ])('leaves out a rule %s', (_what, rule) => {
    expect(groupsOf(answer([group([rule, recording(A)])]))).toMatchObject([
      { rules: [recording(A)] },
    ]);
    expect(groupsOf(answer([group([rule])]))).toEqual([]);
  });

  it('unites several tenants', () => {
    const c = recording({ namespace: 'team-c' });
    expect(groupsOf(answer([group([recording(A), recording(B), c])]), 'team-c')).toMatchObject([
      { rules: [recording(A), c] },
    ]);
  });

  it('leaves out groups without a rule of the scope, and those that are none', () => {
    const given = [
      group([]),
      group([recording(B)]),
      group(null),
      group('x'),
      7,
      { rules: [recording(A)] },
    ];
    expect(groupsOf(answer(given))).toEqual([]);
  });

  it('keeps of a group what cannot speak of the rules of others', () => {
    const more = {
      evaluationTime: 0.1,
      lastEvaluation: '2026-01-01T00:00:00Z',
      partialResponseStrategy: 'ABORT',
      isPaused: false,
      queryOffset: 60,
      sourceTenants: ['team-b'],
      labels: B,
      lastError: 'team-b failed',
      owner: 'team-b',
    };
    expect(groupsOf(answer([group([recording(A)], more)]))).toEqual([
      {
        name: 'g',
        interval: 30,
        limit: 0,
        rules: [recording(A)],
        evaluationTime: 0.1,
        lastEvaluation: '2026-01-01T00:00:00Z',
        partialResponseStrategy: 'ABORT',
        isPaused: false,
        queryOffset: 60,
      },
    ]);
  });

  it('leaves out alerts of others, and finds the state of what is left', () => {
    const rules = [
      alerting(A, [alert(B), alert(A, 'pending')]),
      alerting(A, [alert(B)]),
      alerting(A, [alert(B, 'pending'), alert(A, 'pending'), alert(A)], { state: 'odd' }),
      alerting(A, [alert(A, 'pending')], { state: 'pending' }),
    ];
    expect(groupsOf(answer([group(rules)]))).toMatchObject([
      {
        rules: [
          { state: 'pending', alerts: [alert(A, 'pending')] },
          { state: 'inactive', alerts: [] },
          { state: 'firing', alerts: [alert(A, 'pending'), alert(A)] },
          { state: 'pending', alerts: [alert(A, 'pending')] },
        ],
      },
    ]);
  });

  it('takes missing alerts for none, as exclude_alerts gives them', () => {
    const rule = alerting(A, null, { state: 'firing' });
    expect(groupsOf(answer([group([rule])]))).toMatchObject([
      { rules: [{ state: 'firing', alerts: [] }] },
    ]);
  });

  it.each<[unknown, object]>([
    ['engine: too many samples', { lastError: 'engine: too many samples' }],
    ['rpc error: Addr: 10.0.0.1 namespace="team-b"', { lastError: 'hidden error' }],
    ['', {}],
    [{ text: 'team-b' }, {}],
  ])('shows of the error %j what may be shown', (lastError, expected) => {
    const [only] = groupsOf(answer([group([recording(A, { lastError })])])) as [{ rules: unknown }];
    expect(only.rules).toEqual([{ ...recording(A), ...expected }]);
  });

  it('rewrites warnings and infos, and keeps nothing else of the envelope', () => {
    const given = answer([], {
      warnings: ['store 10.0.0.1', 'engine: x', 'store 10.0.0.2', 7],
      infos: [],
      errorType: 'secret',
    });
    expect(filter(given)).toEqual({
      status: 'success',
      data: { groups: [] },
      warnings: ['hidden notice', 'engine: x'],
    });
  });

  it('drops what stands beside the groups', () => {
    const given = { status: 'success', data: { groups: [], groupNextToken: 'abc', more: [B] } };
    expect(filter(given)).toEqual({ status: 'success', data: { groups: [] } });
  });

  it.each<[unknown]>([
    [{ status: 'error', error: 'x' }],
    [{ status: 'success', data: [] }],
    [{ status: 'success', data: {} }],
    [{ status: 'success' }],
    [[]],
    [null],
    ['success'],
  ])('does not understand %j', (given) => {
    expect(filter(given)).toBe('answer_unexpected');
  });
});

describe('the pages of filterRules', () => {
  const named = (name: string, labels = A): object => group([recording(labels)], { name });
  const GROUPS = answer([
    named('of b', B),
    named('one'),
    named('two'),
    named('of b', B),
    named('two'),
    named('of b', B),
    named('ö/"&'),
    named('of b', B),
  ]);

  function pageOf(request: RulePageRequest): {
    names: readonly string[];
    token: string | undefined;
  } {
    const { data } = filter(GROUPS, request) as {
      data: { groups: readonly { name: string }[]; groupNextToken?: string };
    };
    return { names: data.groups.map(({ name }) => name), token: data.groupNextToken };
  }

  it('are full, whole and without a foreign group', () => {
    const seen: (readonly string[])[] = [];
    let token: string | undefined;
    do {
      const page = pageOf({ limit: 2, token });
      seen.push(page.names);
      token = page.token;
    } while (token !== undefined);
    expect(seen).toEqual([
      ['one', 'two'],
      ['two', 'ö/"&'],
    ]);
  });

  it('end without a token, even when foreign groups follow', () => {
    expect(pageOf({ limit: 4 }).token).toBeUndefined();
    expect(pageOf({}).token).toBeUndefined();
  });

  it('have tokens that stand in a URL as they are', () => {
    const { token = '' } = pageOf({ limit: 3 });
    expect(token).toMatch(/^[\w.%-]+$/);
    expect(pageOf({ limit: 3, token }).names).toEqual(['ö/"&']);
  });

  it('refuse a token that names no group of the scope', () => {
    for (const token of ['0.of%20b', '2.two', '', 'x']) {
      expect(filter(GROUPS, { limit: 2, token })).toBe('page_unknown');
    }
  });
});
