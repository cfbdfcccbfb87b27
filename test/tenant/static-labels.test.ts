import { describe, expect, it } from '@jest/globals';
import { isStaticLabelName, staticLabelsOf } from '../../tenant/static-labels.ts';

describe('static labels', () => {
  it('stand in the order of their names', () => {
    expect(staticLabelsOf({ region: 'eu', cluster: 'one' })).toEqual([
      { name: 'cluster', value: 'one' },
      { name: 'region', value: 'eu' },
    ]);
    expect(staticLabelsOf({})).toEqual([]);
  });

  it.each(['cluster', 'Cluster_1', '_x'])('may be called %s', (name) => {
    expect(isStaticLabelName(name)).toBe(true);
  });

  it.each(['', '__name__', '1a', 'a-b', 'a.b', 'a b', 'ä', 'a"'])(
    'may not be called %j',
    (name) => {
      expect(isStaticLabelName(name)).toBe(false);
    },
  );
});
