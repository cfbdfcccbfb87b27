import { describe, expect, it } from '@jest/globals';
import { filterTargetMetadata, type MetadataRequest } from '../../frontend/answers/metadata.ts';
import { filtered, scopeOf, SHOWN } from './scopes.ts';

function entry(namespace: string, metric: string | undefined, help: string): object {
  const target = { namespace, instance: `${namespace}:80`, job: 'x' };
  return { target, ...(metric !== undefined && { metric }), type: 'counter', help, unit: '' };
}

function filter(data: unknown, request: MetadataRequest = {}): unknown {
  const answer = { status: 'success', data };
  return filtered(filterTargetMetadata(scopeOf('team-a'), SHOWN, request), answer);
}

function dataOf(data: unknown, request?: MetadataRequest): unknown {
  return (filter(data, request) as { data: unknown }).data;
}

const ORDERS = { type: 'counter', help: 'own words', unit: '' };

describe('filterTargetMetadata', () => {
  it('tells each text of a target in the scope once, and no other text of the same name', () => {
    const given = [
      entry('team-b', 'orders', 'words of b'),
      entry('team-a', 'orders', 'own words'),
      entry('team-a', 'orders', 'own words'),
      entry('team-a', 'orders', 'other words'),
      entry('team-a', 'up', 'alive'),
      entry('team-b', 'secret', 'words of b'),
      { metric: 'no target', help: 'x' },
      { target: { namespace: 'team-a' }, help: 'no name' },
    ];
    expect(dataOf(given)).toEqual({
      orders: [ORDERS, { ...ORDERS, help: 'other words' }],
      up: [{ ...ORDERS, help: 'alive' }],
    });
  });

  it('puts the name back that the upstream leaves out when it is asked for one', () => {
    expect(dataOf([entry('team-a', undefined, 'own words')], { metric: 'orders' })).toEqual({
      orders: [ORDERS],
    });
  });

  it('keeps both limits', () => {
    const given = ['a', 'b', 'c'].flatMap((metric) =>
      ['1', '2', '3'].map((help) => entry('team-a', metric, help)),
    );
    const data = dataOf(given, { limit: 2, limitPerMetric: 1 });
    expect(data).toEqual({ a: [{ ...ORDERS, help: '1' }], b: [{ ...ORDERS, help: '1' }] });
  });

  it('bears names that objects have by nature', () => {
    expect(JSON.stringify(dataOf([entry('team-a', '__proto__', 'own words')]))).toBe(
      JSON.stringify({ ['__proto__']: [ORDERS] }),
    );
  });

  it('tells nothing of members that it does not know', () => {
    const given = { ...entry('team-a', 'orders', 'own words'), help: { of: 'b' }, more: 'x' };
    expect(dataOf([given])).toEqual({ orders: [{ ...ORDERS, help: '' }] });
  });

  it('does not understand an error', () => {
    const given = { status: 'error', data: [] };
    expect(filtered(filterTargetMetadata(scopeOf('team-a'), SHOWN), given)).toBe(
      'answer_unexpected',
    );
    expect(filter(undefined)).toBe('answer_unexpected');
  });
});
