import { describe, expect, it } from '@jest/globals';
import type {
  AccessReviewSpec,
  ResourceAttributes,
} from '../../frontend/access/access-review-spec.ts';
import {
  canonicalAttributes,
  canonicalClusterAttributes,
} from '../../frontend/access/access-review-spec.ts';
import type { Access } from '../../frontend/access/access.ts';
import type { KubernetesAccess } from '../../frontend/access/kubernetes-access.ts';
import { SEED_ATTRIBUTES } from '../../frontend/config/query-frontend.ts';
import { FakeAccessReviewer, identityOf, tenants } from './fakes.ts';
import { kubernetesAccess } from './kubernetes-setup.ts';

const JANE = identityOf('jane');
const TEAM_A = tenants('team-a');
const [NAMESPACE] = TEAM_A;
const RULES: ResourceAttributes = {
  verb: 'get',
  group: 'monitoring.coreos.com',
  resource: 'prometheusrules',
  subresource: '',
};
const BY_ENDPOINT = { rules: RULES, alerts: RULES, federate: { ...SEED_ATTRIBUTES, name: 'all' } };

function start(): { readonly access: KubernetesAccess; readonly reviewer: FakeAccessReviewer } {
  const reviewer = new FakeAccessReviewer(({ attributes }: AccessReviewSpec) =>
    attributes.resource === 'prometheusrules' ? 'allowed' : 'denied',
  );
  const access = kubernetesAccess({
    accessReviewer: reviewer,
    attributesByEndpoint: BY_ENDPOINT,
    clusterWide: {},
    clusterReviewer: {
      reviewCluster: async ({ attributes }) =>
        attributes.resource === 'prometheusrules' ? 'allowed' : 'denied',
    },
  });
  return { access, reviewer };
}

function as(access: Access, endpoint: string): Access {
  return access.forEndpoint?.(endpoint) ?? access;
}

async function isAllowed(access: Access): Promise<boolean> {
  return (await access.authorize(JANE, TEAM_A)).ok;
}

describe('access by class of endpoints', () => {
  it('is the same for all where none has attributes of its own', () => {
    expect(kubernetesAccess({}).forEndpoint).toBeUndefined();
    expect(kubernetesAccess({ attributesByEndpoint: {} }).forEndpoint).toBeUndefined();
  });

  it('asks for what the class asks for, and never takes a verdict of another', async () => {
    const { access, reviewer } = start();
    // Each order: a verdict that is remembered must not serve the other class.
    expect(await isAllowed(as(access, 'rules'))).toBe(true);
    expect(await isAllowed(as(access, 'query'))).toBe(false);
    expect(await isAllowed(access)).toBe(false);
    expect(await isAllowed(as(access, 'rules'))).toBe(true);
    expect(reviewer.calls.map(({ attributes }) => attributes.resource)).toEqual([
      'prometheusrules',
      'namespace',
    ]);
  });

  it('shares verdicts among classes that ask for the same', async () => {
    const { access, reviewer } = start();
    expect(await isAllowed(as(access, 'rules'))).toBe(true);
    expect(await isAllowed(as(access, 'alerts'))).toBe(true);
    expect(reviewer.calls).toHaveLength(1);
  });

  it('tells apart classes that differ by the name of an object alone', async () => {
    const { access, reviewer } = start();
    await isAllowed(access);
    await isAllowed(as(access, 'federate'));
    expect(reviewer.calls.map(({ attributes }) => attributes.name)).toEqual([undefined, 'all']);
  });

  it('holds for the whole cluster, too', async () => {
    const { access } = start();
    expect(await as(access, 'rules').authorizeCluster?.(JANE)).toMatchObject({ ok: true });
    expect(await as(access, 'query').authorizeCluster?.(JANE)).toMatchObject({
      rejection: { code: 'cluster_denied' },
    });
  });

  it('forgets the verdicts of every class', async () => {
    const { access, reviewer } = start();
    await isAllowed(as(access, 'rules'));
    await isAllowed(access);
    access.forgetRights('team-a');
    await isAllowed(as(access, 'rules'));
    await isAllowed(access);
    expect(reviewer.calls).toHaveLength(4);
  });
});

describe('the canonical form of attributes', () => {
  it('is another one for each member, and for the whole cluster', () => {
    if (NAMESPACE === undefined) throw new TypeError('no namespace');
    const sets: readonly ResourceAttributes[] = [
      SEED_ATTRIBUTES,
      { ...SEED_ATTRIBUTES, verb: 'list' },
      { ...SEED_ATTRIBUTES, group: 'namespace' },
      { ...SEED_ATTRIBUTES, resource: 'pods' },
      { ...SEED_ATTRIBUTES, subresource: '' },
      { ...SEED_ATTRIBUTES, name: 'team-a' },
      RULES,
    ];
    const forms = sets.flatMap((set) => [
      canonicalAttributes(set, NAMESPACE),
      canonicalClusterAttributes(set),
    ]);
    expect(new Set(forms).size).toBe(sets.length * 2);
  });
});
