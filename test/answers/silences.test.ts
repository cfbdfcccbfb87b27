import { describe, expect, it } from '@jest/globals';
import { filterSilences } from '../../frontend/answers/alertmanager.ts';
import type { JsonValue } from '../../frontend/answers/json-value.ts';
import { isOwnSilence, isSilenceId, ownSilence } from '../../frontend/answers/silence-owner.ts';
import {
  MAX_SILENCE_MATCHERS,
  readSilenceRequest,
  scopeSilence,
} from '../../frontend/answers/silence-request.ts';
import { filtered, scopeInCluster, scopeOf } from './scopes.ts';

interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual?: boolean;
}

const ID = '0b6d6e3a-1c2d-4e5f-8a9b-0123456789ab';
const ONE = scopeOf('team-a');
const TWO = scopeOf('team-a', 'team-b');

function on(value: string, more: Partial<Matcher> = {}): Matcher {
  return { name: 'namespace', value, isRegex: false, isEqual: true, ...more };
}

const DOWN: Matcher = { name: 'alertname', value: 'Down', isRegex: false, isEqual: true };

const BODY = {
  startsAt: '2026-11-21T10:00:00.000Z',
  endsAt: '2026-11-21T12:00:00+01:00',
  createdBy: 'jane',
  comment: 'at work',
};

function bodyWith(changes: object): JsonValue {
  return JSON.parse(JSON.stringify({ ...BODY, matchers: [DOWN], ...changes }));
}

const FOREIGN: readonly (readonly [string, readonly unknown[]])[] = [
  ['another tenant', [on('team-b')]],
  ['a pattern on the label', [on('team-a', { isRegex: true })]],
  ['a pattern that holds the tenant', [on('team-a|team-b', { isRegex: true })]],
  ['everybody but the tenant', [on('team-a', { isEqual: false })]],
  ['everybody outside a pattern', [on('team-a', { isEqual: false, isRegex: true })]],
  ['the tenant by a text beside the point', [{ ...DOWN, value: 'team-a' }]],
  ['nothing on the label', [DOWN]],
  ['no label', []],
  ['a matcher without isRegex', [{ name: 'namespace', value: 'team-a' }]],
  ['a switch that is no switch', [{ ...on('team-a'), isEqual: 'false' }]],
  ['a value that is no text', [{ ...on('team-a'), value: ['team-a'] }]],
  ['matchers that are none', ['namespace="team-a"', null]],
];

describe('isOwnSilence', () => {
  it.each<[string, readonly unknown[]]>([
    ['the tenant by equality', [on('team-a')]],
    [
      'the tenant as it was said before isEqual',
      [{ name: 'namespace', value: 'team-a', isRegex: false }],
    ],
    ['the tenant and more', [DOWN, on('team-a'), { ...DOWN, isRegex: true }]],
    ['the tenant, narrowed by a pattern', [on('team-.*', { isRegex: true }), on('team-a')]],
  ])('takes %s', (_what, matchers) => {
    expect(isOwnSilence(bodyWith({ matchers }), ONE)).toBe(true);
  });

  it.each(FOREIGN)('does not take %s', (_what, matchers) => {
    expect(isOwnSilence(bodyWith({ matchers }), ONE)).toBe(false);
  });

  it.each([null, [], 'x', {}, { matchers: { namespace: 'team-a' } }])('does not take %j', (it) => {
    expect(isOwnSilence(it, ONE)).toBe(false);
  });
});

describe('filterSilences', () => {
  it('keeps the silences of the scope as they are', () => {
    const own = { id: ID, matchers: [on('team-a')], futureMember: 1 };
    const foreign = FOREIGN.map(([, matchers]) => ({ id: ID, matchers }));
    expect(filtered(filterSilences(ONE), [...foreign, own, 7])).toEqual([own]);
    expect(filtered(filterSilences(TWO), [own, { matchers: [on('team-b')] }])).toHaveLength(2);
  });
});

describe('ownSilence', () => {
  const own = bodyWith({ id: ID, matchers: [on('team-a')] });

  it('gives the silence that was asked for, when it is of the scope', () => {
    expect(ownSilence(own, ID, ONE)).toEqual({ id: ID, silence: own });
  });

  it('gives no other', () => {
    expect(ownSilence(own, ID.replace('0', '1'), ONE)).toBeUndefined();
    expect(ownSilence(bodyWith({ id: 'x', matchers: [on('team-a')] }), 'x', ONE)).toBeUndefined();
    expect(ownSilence(bodyWith({ id: ID, matchers: [on('team-b')] }), ID, ONE)).toBeUndefined();
    expect(ownSilence(null, ID, ONE)).toBeUndefined();
  });
});

describe('isSilenceId', () => {
  it('takes UUIDs alone, in one spelling', () => {
    expect(isSilenceId(ID)).toBe(true);
    for (const text of [
      '',
      ID.toUpperCase(),
      `${ID}/`,
      `{${ID}}`,
      ID.replaceAll('-', ''),
      `..${ID}`,
    ]) {
      expect(isSilenceId(text)).toBe(false);
    }
  });
});

function scoped(changes: object, scope = ONE): unknown {
  const request = readSilenceRequest(bodyWith(changes));
  if (!request.ok) return request.rejection;
  const silence = scopeSilence(request.value, scope);
  return silence.ok ? JSON.parse(silence.value) : silence.rejection;
}

describe('scopeSilence', () => {
  it('adds the matcher of the only tenant', () => {
    expect(scoped({})).toEqual({ ...BODY, matchers: [on('team-a'), DOWN] });
    expect(scoped({ matchers: [] })).toEqual({ ...BODY, matchers: [on('team-a')] });
  });

  it('keeps the matcher that is there', () => {
    expect(scoped({ matchers: [DOWN, on('team-a')] })).toEqual({
      ...BODY,
      matchers: [DOWN, on('team-a')],
    });
    expect(scoped({ matchers: [on('team-b')] }, TWO)).toEqual({
      ...BODY,
      matchers: [on('team-b')],
    });
  });

  it('asks for the tenant where there are several', () => {
    expect(scoped({}, TWO)).toEqual({ code: 'silence_tenant_missing', label: 'namespace' });
  });

  it.each<[string, readonly Matcher[]]>([
    ['another tenant', [on('team-c')]],
    ['an empty value', [on('')]],
    ['a pattern', [on('team-a', { isRegex: true })]],
    ['a negation', [on('team-c', { isEqual: false })]],
    ['a negated pattern', [on('team-c', { isEqual: false, isRegex: true })]],
    ['two tenants', [on('team-a'), on('team-b')]],
    ['one tenant twice', [on('team-a'), on('team-a')]],
    ['a tenant and a pattern', [on('team-a'), on('.*', { isRegex: true })]],
    ['a tenant and a negation', [on('team-a'), on('team-b', { isEqual: false })]],
  ])('refuses %s', (_what, matchers) => {
    const refusal = { code: 'silence_matcher_refused', label: 'namespace' };
    expect(scoped({ matchers: [DOWN, ...matchers] }, TWO)).toEqual(refusal);
    expect(scoped({ matchers: [DOWN, ...matchers] })).toEqual(refusal);
  });
});

describe('a silence in one of several clusters', () => {
  const scope = scopeInCluster('team-a', 'one');
  const inCluster = (value: string, more: Partial<Matcher> = {}): Matcher => ({
    ...on(value, more),
    name: 'cluster',
  });

  it('is own with a matcher for both', () => {
    const own = [on('team-a'), inCluster('one')];
    expect(isOwnSilence(bodyWith({ matchers: own }), scope)).toBe(true);
    for (const matchers of [
      [on('team-a')],
      [inCluster('one')],
      [on('team-a'), inCluster('two')],
      [on('team-a'), inCluster('one', { isRegex: true })],
      [on('team-a'), inCluster('two', { isEqual: false })],
    ]) {
      expect(isOwnSilence(bodyWith({ matchers }), scope)).toBe(false);
    }
  });

  it('gets both, and no other', () => {
    const both = [on('team-a'), inCluster('one')];
    expect(scoped({}, scope)).toMatchObject({ matchers: [...both, DOWN] });
    expect(scoped({ matchers: [inCluster('one')] }, scope)).toMatchObject({ matchers: both });
    for (const matcher of [inCluster('two'), inCluster('one', { isRegex: true })]) {
      expect(scoped({ matchers: [matcher] }, scope)).toEqual({
        code: 'silence_matcher_refused',
        label: 'cluster',
      });
    }
  });
});

describe('readSilenceRequest', () => {
  it('keeps the members of the API alone', () => {
    const annotations = { url: 'https://example.org' };
    expect(
      scoped({ id: ID, annotations, status: { state: 'expired' }, updatedAt: 'x', more: 1 }),
    ).toEqual({
      ...BODY,
      id: ID,
      annotations,
      matchers: [on('team-a'), DOWN],
    });
  });

  it('takes an empty identifier for none', () => {
    expect(scoped({ id: '' })).not.toHaveProperty('id');
    expect(scoped({ annotations: null })).not.toHaveProperty('annotations');
  });

  it('writes out what a matcher leaves to its defaults', () => {
    expect(scoped({ matchers: [{ name: 'namespace', value: 'team-a' }] })).toMatchObject({
      matchers: [on('team-a')],
    });
  });

  it.each<[string, object]>([
    ['id', { id: 'x' }],
    ['id', { id: 7 }],
    ['id', { id: '../../status' }],
    ['matchers', { matchers: null }],
    ['matchers', { matchers: { 0: DOWN } }],
    ['matchers', { matchers: [DOWN, 'x'] }],
    ['matchers', { matchers: [{ ...DOWN, name: 1 }] }],
    ['matchers', { matchers: [{ ...DOWN, value: null }] }],
    ['matchers', { matchers: [{ ...DOWN, isRegex: 'true' }] }],
    ['matchers', { matchers: [{ ...DOWN, isEqual: 0 }] }],
    ['matchers', { matchers: Array.from({ length: MAX_SILENCE_MATCHERS + 1 }, () => DOWN) }],
    ['startsAt', { startsAt: undefined }],
    ['startsAt', { startsAt: 'now' }],
    ['endsAt', { endsAt: 7 }],
    ['createdBy', { createdBy: null }],
    ['comment', { comment: ['x'] }],
    ['annotations', { annotations: [] }],
    ['annotations', { annotations: { a: 1 } }],
  ])('refuses a silence whose %s is malformed: %j', (member, changes) => {
    expect(scoped(changes)).toEqual({ code: 'silence_malformed', member });
  });

  it.each([null, [], 'x', 7])('refuses %j', (body) => {
    const read = readSilenceRequest(body);
    expect(!read.ok && read.rejection.code).toBe('silence_malformed');
  });
});
