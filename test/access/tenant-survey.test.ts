import { describe, expect, it } from '@jest/globals';
import type { AccessVerdict } from '../../frontend/access/access-reviewer.ts';
import type { KubernetesAccess } from '../../frontend/access/kubernetes-access.ts';
import { MAX_SURVEYS } from '../../frontend/access/tenant-survey.ts';
import { Fault } from '../../frontend/fault.ts';
import type { TenantId } from '../../tenant/tenant-id.ts';
import { FakeAccessReviewer, FakeClock, gate, identityOf, tenants } from './fakes.ts';
import { kubernetesAccess, type Setup } from './kubernetes-setup.ts';

const JANE = identityOf('jane');
const NONE = { ok: false, rejection: { code: 'tenant_none_allowed' } };

interface SurveySetup extends Setup {
  readonly candidates?: readonly TenantId[] | undefined;
}

function surveying({ candidates, ...setup }: SurveySetup): KubernetesAccess {
  const clock = setup.clock ?? new FakeClock();
  return kubernetesAccess({
    ...setup,
    clock,
    survey: {
      directory: { tenants: () => candidates },
      pause: async (ms) => {
        clock.advance(ms);
      },
    },
  });
}

function reviewerOf(...allowed: readonly string[]): FakeAccessReviewer {
  return new FakeAccessReviewer(({ namespace }) =>
    allowed.includes(namespace) ? 'allowed' : 'denied',
  );
}

async function all(access: KubernetesAccess): Promise<unknown> {
  const authorized = await access.authorizeAll?.(JANE);
  return authorized?.ok === true ? authorized.value.scope.tenants : authorized;
}

const MANY = tenants(...Array.from({ length: 300 }, (_, index) => `t-${index}`));

describe('authorizeAll', () => {
  it('is not there where requests have to name their tenants', () => {
    expect(kubernetesAccess({}).authorizeAll).toBeUndefined();
  });

  it('grants the tenants that are allowed, and no others', async () => {
    const access = surveying({
      accessReviewer: reviewerOf('a', 'c', 'x'),
      candidates: tenants('a', 'b', 'c'),
    });
    expect(await all(access)).toEqual(['a', 'c']);
  });

  it.each<[string, readonly TenantId[]]>([
    ['none is allowed', tenants('a', 'b')],
    ['there is none', []],
  ])('refuses where %s', async (_case, candidates) => {
    expect(await all(surveying({ accessReviewer: reviewerOf(), candidates }))).toEqual(NONE);
  });

  it('has no answer while the tenants are not known', async () => {
    const accessReviewer = reviewerOf('a');
    const access = surveying({ accessReviewer, candidates: undefined });
    expect(await all(access)).toMatchObject({ rejection: { code: 'access_review_unavailable' } });
    expect(accessReviewer.calls).toEqual([]);
  });

  it('has no answer where one of the reviews has none, rather than a part of it', async () => {
    const accessReviewer = new FakeAccessReviewer(({ namespace }) => {
      if (namespace === 'b') throw new Fault('api_server_timeout', 'late', { retryable: true });
      return 'allowed';
    });
    const access = surveying({ accessReviewer, candidates: tenants('a', 'b', 'c') });
    expect(await all(access)).toMatchObject({ rejection: { code: 'access_review_unavailable' } });
  });

  it('asks no more at once than it may, and waits for room instead of failing', async () => {
    let underWay = 0;
    let most = 0;
    const accessReviewer = new FakeAccessReviewer(async ({ namespace }): Promise<AccessVerdict> => {
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      underWay -= 1;
      return Number(namespace.slice(2)) % 15 === 0 ? 'allowed' : 'denied';
    });
    const budget = { reviewsPerSecond: 100 };
    const access = surveying({ accessReviewer, budget, candidates: MANY });
    expect(await all(access)).toHaveLength(20);
    expect(accessReviewer.calls).toHaveLength(300);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('leaves half of the budget to everybody else', async () => {
    const accessReviewer = reviewerOf('a');
    const budget = { reviewsPerSecond: 100 };
    const clock = new FakeClock();
    const access = kubernetesAccess({
      accessReviewer,
      budget,
      clock,
      survey: {
        directory: { tenants: () => MANY },
        pause: async (ms) => {
          expect(
            (await access.authorize(identityOf(`u-${clock.monotonicMs()}`), tenants('a'))).ok,
          ).toBe(true);
          clock.advance(ms);
        },
      },
    });
    expect(await access.authorizeAll?.(JANE)).toEqual(NONE);
  });

  it('gives up when there is no room for long', async () => {
    const accessReviewer = reviewerOf('a');
    const budget = { reviewsPerSecond: 2 };
    const access = surveying({ accessReviewer, budget, candidates: MANY });
    expect(await all(access)).toMatchObject({ rejection: { code: 'access_review_unavailable' } });
    expect(accessReviewer.calls.length).toBeLessThan(50);
  });

  it('makes one survey for all that ask at a time', async () => {
    const accessReviewer = reviewerOf('a');
    const access = surveying({ accessReviewer, candidates: tenants('a', 'b') });
    await Promise.all(Array.from({ length: 50 }, () => all(access)));
    expect(accessReviewer.calls).toHaveLength(2);
  });

  it('makes no more surveys at a time than it may', async () => {
    const opened = gate<AccessVerdict>();
    const accessReviewer = new FakeAccessReviewer(() => opened.promise);
    const access = surveying({ accessReviewer, candidates: tenants('a') });
    const asked = Array.from({ length: MAX_SURVEYS + 1 }, async (_, index) =>
      access.authorizeAll?.(identityOf(`u-${index}`)),
    );
    opened.open('allowed');
    const outcomes = await Promise.all(asked);
    expect(outcomes.filter((outcome) => outcome?.ok)).toHaveLength(MAX_SURVEYS);
    expect(outcomes.at(-1)).toMatchObject({ rejection: { code: 'access_review_unavailable' } });
    expect(await all(access)).toEqual(['a']);
  });

  it('skips what was denied for a while, and asks about the rest as if it were named', async () => {
    const accessReviewer = reviewerOf('a');
    const clock = new FakeClock();
    const access = surveying({ accessReviewer, clock, candidates: tenants('a', 'b', 'c') });
    await all(access);
    clock.advance(30_000);
    await all(access);
    expect(accessReviewer.tenants).toEqual(['a', 'b', 'c', 'a']);
    clock.advance(30_000);
    await all(access);
    expect(accessReviewer.calls).toHaveLength(7);
  });

  it('skips nothing for a request that names the tenant', async () => {
    const accessReviewer = reviewerOf();
    const clock = new FakeClock();
    const access = surveying({ accessReviewer, clock, candidates: tenants('a') });
    await all(access);
    clock.advance(5_000);
    await access.authorize(JANE, tenants('a'));
    expect(accessReviewer.calls).toHaveLength(2);
  });

  it.each([
    ['candidates', { maxCandidates: 2 }, 2],
    ['tenants that are allowed', { maxTenants: 2 }, 2],
  ])('refuses more %s than it may', async (_what, allNamespaces, limit) => {
    const accessReviewer = reviewerOf('a', 'b', 'c');
    const candidates = tenants('a', 'b', 'c');
    const access = surveying({ accessReviewer, candidates, allNamespaces });
    expect(await all(access)).toEqual({
      ok: false,
      rejection: { code: 'limit_tenants', limit, value: 3 },
    });
  });
});

describe('a change of rights', () => {
  it('makes everything be asked again, in its namespace', async () => {
    const accessReviewer = reviewerOf('a', 'b');
    const access = surveying({ accessReviewer, candidates: tenants('a', 'b', 'c') });
    await all(access);
    access.forgetRights('a');
    await all(access);
    expect(accessReviewer.tenants).toEqual(['a', 'b', 'c', 'a']);
    access.forgetRights('c');
    await all(access);
    expect(accessReviewer.tenants.slice(4)).toEqual(['c']);
    access.forgetRights();
    await all(access);
    expect(accessReviewer.tenants.slice(5)).toEqual(['a', 'b', 'c']);
  });

  it('leaves new verdicts short-lived until it has settled', async () => {
    const accessReviewer = reviewerOf('a', 'b');
    const clock = new FakeClock();
    const access = kubernetesAccess({ accessReviewer, clock });
    const ask = (): Promise<unknown> => access.authorize(JANE, tenants('a', 'b'));
    access.forgetRights('a');
    await ask();
    clock.advance(1_000);
    await ask();
    expect(accessReviewer.tenants).toEqual(['a', 'b', 'a']);
    clock.advance(4_000);
    await ask();
    clock.advance(20_000);
    await ask();
    expect(accessReviewer.tenants).toEqual(['a', 'b', 'a', 'a']);
  });

  it('overtakes a verdict that was on its way', async () => {
    const clock = new FakeClock();
    const accessReviewer = new FakeAccessReviewer(() => {
      if (accessReviewer.calls.length === 1) {
        access.forgetRights('a');
        clock.advance(9_000);
      }
      return 'allowed';
    });
    const access: KubernetesAccess = kubernetesAccess({ accessReviewer, clock });
    await access.authorize(JANE, tenants('a'));
    clock.advance(1_000);
    await access.authorize(JANE, tenants('a'));
    expect(accessReviewer.calls).toHaveLength(2);
  });
});
