import { describe, expect, it } from '@jest/globals';
import type { AccessVerdict } from '../../frontend/access/access-reviewer.ts';
import type { Identity } from '../../frontend/access/identity.ts';
import { MAX_PARALLEL_REVIEWS } from '../../frontend/access/tenant-authorizer.ts';
import { Fault } from '../../frontend/fault.ts';
import { SEED_ATTRIBUTES } from '../../frontend/config/query-frontend.ts';
import { FakeAccessReviewer, FakeClock, gate, identityOf, tenants } from './fakes.ts';
import { kubernetesAccess } from './kubernetes-setup.ts';

const JANE = identityOf('jane', {
  uid: '7',
  groups: ['b', 'a'],
  extra: { 'authentication.kubernetes.io/credential-id': ['JTI=1'] },
});
const AWAY = new Fault('api_server_timeout', 'away', { retryable: true });

function allowing(...allowed: readonly string[]): FakeAccessReviewer {
  return new FakeAccessReviewer(({ namespace: tenant }) =>
    allowed.includes(tenant) ? 'allowed' : 'denied',
  );
}

function denied(tenant: string): unknown {
  return { ok: false, rejection: { code: 'tenant_denied', tenant } };
}

describe('authorize', () => {
  it('grants a scope over every tenant, each reviewed by itself', async () => {
    const accessReviewer = allowing('a', 'b');
    const access = kubernetesAccess({ accessReviewer });
    const outcome = await access.authorize(JANE, tenants('b', 'a', 'b'));
    expect(outcome).toMatchObject({
      ok: true,
      value: { scope: { tenants: ['a', 'b'], tenancyLabel: 'namespace' }, source: 'live' },
    });
    expect(accessReviewer.tenants).toEqual(['b', 'a']);
  });

  it('asks with every member of the identity and the configured attributes', async () => {
    const accessReviewer = allowing('a');
    await kubernetesAccess({ accessReviewer }).authorize(JANE, tenants('a'));
    expect(accessReviewer.calls).toEqual([
      { identity: JANE, attributes: SEED_ATTRIBUTES, namespace: 'a' },
    ]);
  });

  it('refuses the whole request for one denied tenant, and names it', async () => {
    const access = kubernetesAccess({ accessReviewer: allowing('a', 'c') });
    expect(await access.authorize(JANE, tenants('a', 'b', 'c'))).toEqual(denied('b'));
  });

  it('names the first denied tenant, whichever denial came first', async () => {
    const slow = gate<AccessVerdict>();
    const accessReviewer = new FakeAccessReviewer(({ namespace: tenant }) => {
      if (tenant === 'a') return slow.promise;
      slow.open('denied');
      return 'denied';
    });
    const access = kubernetesAccess({ accessReviewer });
    expect(await access.authorize(JANE, tenants('a', 'b'))).toEqual(denied('a'));
  });

  it('asks nobody when a denial is remembered', async () => {
    const accessReviewer = allowing('a');
    const access = kubernetesAccess({ accessReviewer });
    await access.authorize(JANE, tenants('b'));
    expect(await access.authorize(JANE, tenants('a', 'b'))).toEqual(denied('b'));
    expect(accessReviewer.tenants).toEqual(['b']);
  });

  it('asks once for two hundred first requests at a time', async () => {
    const opened = gate<AccessVerdict>();
    const accessReviewer = new FakeAccessReviewer(() => opened.promise);
    const access = kubernetesAccess({ accessReviewer });
    const outcomes = Promise.all(
      Array.from({ length: 200 }, () => access.authorize(JANE, tenants('a'))),
    );
    opened.open('allowed');
    expect((await outcomes).every((outcome) => outcome.ok)).toBe(true);
    expect(accessReviewer.calls).toHaveLength(1);
  });

  it('keeps few reviews of one request in flight', async () => {
    let inFlight = 0;
    let most = 0;
    const accessReviewer = new FakeAccessReviewer(async (): Promise<AccessVerdict> => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return 'allowed';
    });
    const names = Array.from({ length: 100 }, (_, index) => `n-${index}`);
    const access = kubernetesAccess({ accessReviewer, budget: { maxInFlight: 64 } });
    expect((await access.authorize(JANE, tenants(...names))).ok).toBe(true);
    expect(most).toBe(MAX_PARALLEL_REVIEWS);
    expect(accessReviewer.calls).toHaveLength(100);
  });

  it('stops asking after a denial', async () => {
    const accessReviewer = allowing();
    const names = Array.from({ length: 100 }, (_, index) => `n-${index}`);
    const access = kubernetesAccess({ accessReviewer });
    expect(await access.authorize(JANE, tenants(...names))).toEqual(denied('n-0'));
    expect(accessReviewer.calls.length).toBeLessThanOrEqual(2 * MAX_PARALLEL_REVIEWS);
  });
});

describe('the key of an access verdict', () => {
  it.each<[string, Identity, Identity]>([
    ['user name', identityOf('x'), identityOf('y')],
    ['uid', identityOf('x', { uid: '1' }), identityOf('x', { uid: '2' })],
    [
      'a comma in a group',
      identityOf('x', { groups: ['a,b'] }),
      identityOf('x', { groups: ['a', 'b'] }),
    ],
    [
      'a quote in a group',
      identityOf('x', { groups: ['a","b'] }),
      identityOf('x', { groups: ['a', 'b'] }),
    ],
    [
      'a group in the place of the uid',
      identityOf('x', { uid: 'a' }),
      identityOf('x', { groups: ['a'] }),
    ],
    ['an extra fact', identityOf('x'), identityOf('x', { extra: { k: ['v'] } })],
    [
      'a value of an extra fact',
      identityOf('x', { extra: { k: ['v'] } }),
      identityOf('x', { extra: { k: ['w'] } }),
    ],
    [
      'the split of extra values',
      identityOf('x', { extra: { k: ['v', 'w'] } }),
      identityOf('x', { extra: { k: ['v,w'] } }),
    ],
    [
      'the name of an extra fact',
      identityOf('x', { extra: { k: ['v'] } }),
      identityOf('x', { extra: { __proto__x: ['v'] } }),
    ],
  ])('tells identities apart by %s', async (_member, first, second) => {
    const accessReviewer = new FakeAccessReviewer(({ identity }) =>
      identity === first ? 'allowed' : 'denied',
    );
    const access = kubernetesAccess({ accessReviewer });
    expect((await access.authorize(first, tenants('a'))).ok).toBe(true);
    expect(await access.authorize(second, tenants('a'))).toEqual(denied('a'));
  });

  it('is the same for groups and extra facts in another order', async () => {
    const accessReviewer = allowing('a');
    const access = kubernetesAccess({ accessReviewer });
    const extra = { k: ['v'], l: ['w'] };
    await access.authorize(identityOf('x', { groups: ['a', 'b'], extra }), tenants('a'));
    const turned = identityOf('x', { groups: ['b', 'a'], extra: { l: ['w'], k: ['v'] } });
    expect(await access.authorize(turned, tenants('a'))).toMatchObject({
      value: { source: 'cache' },
    });
    expect(accessReviewer.calls).toHaveLength(1);
  });

  it('is not made for a spec of more than 10,000 bytes', async () => {
    const accessReviewer = allowing('a');
    const access = kubernetesAccess({ accessReviewer });
    // Each of these letters takes two bytes.
    const huge = identityOf('x', { groups: ['ü'.repeat(5_000)] });
    await access.authorize(huge, tenants('a'));
    await access.authorize(huge, tenants('a'));
    expect(accessReviewer.calls).toHaveLength(2);
  });
});

describe('the time an access verdict is remembered', () => {
  it.each<[AccessVerdict, number]>([
    ['allowed', 30_000],
    ['denied', 5_000],
  ])('ends when it should: %s', async (verdict, lastsMs) => {
    const clock = new FakeClock();
    const accessReviewer = new FakeAccessReviewer(() => verdict);
    const access = kubernetesAccess({ accessReviewer, clock });
    await access.authorize(JANE, tenants('a'));
    clock.advance(lastsMs - 1);
    await access.authorize(JANE, tenants('a'));
    expect(accessReviewer.calls).toHaveLength(1);
    clock.advance(1);
    await access.authorize(JANE, tenants('a'));
    expect(accessReviewer.calls).toHaveLength(2);
  });

  it.each<[AccessVerdict, object]>([
    ['allowed', { allowedTtlMs: 0 }],
    ['denied', { deniedTtlMs: 0 }],
  ])('is none where 0 switches it off: %s', async (verdict, cache) => {
    const accessReviewer = new FakeAccessReviewer(() => verdict);
    const access = kubernetesAccess({ accessReviewer, cache });
    await access.authorize(JANE, tenants('a'));
    await access.authorize(JANE, tenants('a'));
    expect(accessReviewer.calls).toHaveLength(2);
  });
});

describe('without a verdict, authorize', () => {
  it('says unavailable in the middle of a fan-out, and grants nothing', async () => {
    const accessReviewer = new FakeAccessReviewer(({ namespace: tenant }) => {
      if (tenant === 'b') throw AWAY;
      return 'allowed';
    });
    const access = kubernetesAccess({ accessReviewer });
    const outcome = await access.authorize(JANE, tenants('a', 'b', 'c'));
    expect(outcome).toMatchObject({ rejection: { code: 'access_review_unavailable' } });
  });

  it('prefers a denial, which asking again would not change', async () => {
    const accessReviewer = new FakeAccessReviewer(({ namespace: tenant }) => {
      if (tenant === 'a') throw AWAY;
      return 'denied';
    });
    const access = kubernetesAccess({ accessReviewer });
    expect(await access.authorize(JANE, tenants('a', 'b'))).toEqual(denied('b'));
  });

  it('remembers nothing', async () => {
    let isAway = true;
    const accessReviewer = new FakeAccessReviewer(() => {
      if (isAway) throw AWAY;
      return 'allowed';
    });
    const access = kubernetesAccess({ accessReviewer });
    expect((await access.authorize(JANE, tenants('a'))).ok).toBe(false);
    isAway = false;
    expect((await access.authorize(JANE, tenants('a'))).ok).toBe(true);
  });

  it('obeys the API server that asks for two quiet seconds', async () => {
    const clock = new FakeClock();
    let isThrottled = true;
    const accessReviewer = new FakeAccessReviewer(() => {
      if (!isThrottled) return 'allowed';
      throw new Fault('api_server_throttled', 'busy', { retryable: true, retryAfterMs: 2_000 });
    });
    const access = kubernetesAccess({ accessReviewer, clock });
    const unavailable = (retryAfterSeconds: number): unknown => ({
      ok: false,
      rejection: { code: 'access_review_unavailable', retryAfterSeconds },
    });
    expect(await access.authorize(JANE, tenants('a'))).toEqual(unavailable(2));
    isThrottled = false;
    clock.advance(1_999);
    expect(await access.authorize(JANE, tenants('a'))).toEqual(unavailable(1));
    expect(accessReviewer.calls).toHaveLength(1);
    clock.advance(1);
    expect((await access.authorize(JANE, tenants('a'))).ok).toBe(true);
  });
});
