import { describe, expect, it } from '@jest/globals';
import { type ListFilterName, narrowingOf } from '../../frontend/http/filters.ts';
import { scopeInCluster, scopeOf } from './scopes.ts';

const ONE = scopeOf('team-a');
const TWO = scopeOf('team-a', 'team-b');
const CLUSTER = scopeInCluster('team-a', 'o"ne');

describe('narrowingOf', () => {
  it.each<[ListFilterName, typeof ONE, unknown]>([
    ['metadata', ONE, ['{namespace="team-a"}']],
    ['metadata', TWO, ['{namespace=~"team-a|team-b"}']],
    ['alertmanagerAlerts', ONE, ['namespace="team-a"']],
    ['alertmanagerGroups', TWO, ['namespace=~"team-a|team-b"']],
    // Alertmanager reads one matcher a parameter.
    ['alertmanagerAlerts', CLUSTER, ['namespace="team-a"', 'cluster="o\\"ne"']],
    ['silences', CLUSTER, ['namespace="team-a"', 'cluster="o\\"ne"']],
    ['silences', TWO, undefined],
    ['alerts', ONE, undefined],
    ['rules', ONE, undefined],
    ['exemplars', ONE, undefined],
  ])('of %s', (name, scope, values) => {
    expect(narrowingOf(name, scope)?.values).toEqual(values);
  });
});
