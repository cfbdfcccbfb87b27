import { describe, expect, it } from '@jest/globals';
import type { ClusterReviewSpec } from '../../frontend/access/access-review-spec.ts';
import type { AccessVerdict } from '../../frontend/access/access-reviewer.ts';
import type { KubernetesAccess } from '../../frontend/access/kubernetes-access.ts';
import { Fault } from '../../frontend/fault.ts';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { FakeAccessReviewer, FakeClock, gate, identityOf, tenants } from './fakes.ts';
import { kubernetesAccess, type Setup } from './kubernetes-setup.ts';

const JANE = identityOf('jane');
const PLATFORM = { verb: 'get', group: 'metrics.example', resource: 'cluster', subresource: '' };

interface Asked {
  readonly access: KubernetesAccess;
  readonly asked: readonly ClusterReviewSpec[];
  readonly namespaces: FakeAccessReviewer;
}

function start(
  answer: (spec: ClusterReviewSpec) => AccessVerdict | Promise<AccessVerdict>,
  setup: Setup = {},
): Asked {
  const asked: ClusterReviewSpec[] = [];
  const namespaces = new FakeAccessReviewer(() => 'allowed');
  const access = kubernetesAccess({
    accessReviewer: namespaces,
    clusterWide: {},
    clusterReviewer: {
      reviewCluster: async (spec) => {
        asked.push(spec);
        return answer(spec);
      },
    },
    ...setup,
  });
  return { access, asked, namespaces };
}

async function decide({ access }: Asked, identity = JANE): Promise<string> {
  const authorized = await access.authorizeCluster?.(identity);
  if (authorized === undefined) return 'not offered';
  if (!authorized.ok) return authorized.rejection.code;
  return `${ClusterScope.is(authorized.value.scope) ? 'cluster' : 'other'} ${authorized.value.source}`;
}

describe('access to the whole cluster', () => {
  it('is not offered where it is off', async () => {
    expect(await decide(start(() => 'allowed', { clusterWide: undefined }))).toBe('not offered');
  });

  it('is one review without a namespace, with the attributes of a reader', async () => {
    const cluster = start(() => 'allowed');
    expect(await decide(cluster)).toBe('cluster live');
    const { attributes, ...rest } = cluster.asked[0] ?? {};
    expect(cluster.asked).toHaveLength(1);
    expect(rest).toEqual({ identity: JANE, reach: 'cluster' });
    expect(attributes).toMatchObject({
      verb: 'get',
      resource: 'namespace',
      subresource: 'metrics',
    });
    expect(cluster.namespaces.calls).toEqual([]);
  });

  it('asks for attributes of its own where it has some', async () => {
    const cluster = start(() => 'allowed', { clusterWide: { attributes: PLATFORM } });
    await decide(cluster);
    expect(cluster.asked[0]?.attributes).toEqual(PLATFORM);
  });

  it('remembers both verdicts, and no verdict about a namespace', async () => {
    const cluster = start(({ identity }) => (identity.username === 'jane' ? 'allowed' : 'denied'));
    const bob = identityOf('bob');
    expect(await cluster.access.authorize(bob, tenants('team-a'))).toMatchObject({ ok: true });
    expect([await decide(cluster), await decide(cluster)]).toEqual([
      'cluster live',
      'cluster cache',
    ]);
    expect([await decide(cluster, bob), await decide(cluster, bob)]).toEqual([
      'cluster_denied',
      'cluster_denied',
    ]);
    expect(cluster.asked.map(({ identity }) => identity.username)).toEqual(['jane', 'bob']);
    // A verdict about all namespaces is none about a single one, either.
    expect(await cluster.access.authorize(JANE, tenants('team-a'))).toMatchObject({ ok: true });
    expect(cluster.namespaces.tenants).toEqual(['team-a', 'team-a']);
  });

  it('says where a denial came from', async () => {
    const cluster = start(() => 'denied');
    const heard: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      await cluster.access.authorizeCluster?.(JANE, (source) => heard.push(source));
    }
    expect(heard).toEqual(['live', 'cache']);
  });

  it('forgets when the cluster changes, and not when a namespace does', async () => {
    const cluster = start(() => 'allowed');
    await decide(cluster);
    cluster.access.forgetRights('team-a');
    expect(await decide(cluster)).toBe('cluster cache');
    cluster.access.forgetRights();
    expect(await decide(cluster)).toBe('cluster live');
  });

  it('remembers for a moment only while a change of the cluster settles', async () => {
    const clock = new FakeClock();
    const cluster = start(() => 'allowed', { clock });
    cluster.access.forgetRights();
    await decide(cluster);
    clock.advance(1_001);
    expect(await decide(cluster)).toBe('cluster live');
    expect(cluster.asked).toHaveLength(2);
  });

  it('asks equal questions at one time once', async () => {
    const held = gate<AccessVerdict>();
    const cluster = start(() => held.promise);
    const both = Promise.all([decide(cluster), decide(cluster)]);
    held.open('allowed');
    expect(await both).toEqual(['cluster live', 'cluster live']);
    expect(cluster.asked).toHaveLength(1);
  });

  it('has no verdict while the API server is away, and remembers none', async () => {
    let isAway = true;
    const cluster = start(() => {
      if (isAway) throw new Fault('api_server_unavailable', 'away');
      return 'allowed';
    });
    expect(await decide(cluster)).toBe('access_review_unavailable');
    isAway = false;
    expect(await decide(cluster)).toBe('cluster live');
  });
});
