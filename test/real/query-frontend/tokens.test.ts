import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { OWN_AUDIENCE } from '../access/running-frontend.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from './support/envelope.ts';
import type { RunningFrontend } from './support/frontend-process.ts';
import { type Fields, get, withHeaders, withToken } from './support/question.ts';
import { AT, shows } from './support/tenant-series.ts';
import { startTwoTenants, TWO_TENANTS_PARTS, type TwoTenants } from './support/two-tenants.ts';

// Short, so that a deleted ServiceAccount is seen soon.
const CACHE = { authenticatedTtlMs: 500, rejectedTtlMs: 500 };
const ORDERS = get('/namespaces/team-a/api/v1/query', { query: 'shop_orders', ...AT });
const ALLOWED = { status: 200, code: undefined };
const REJECTED = { status: 401, code: 'token_rejected' };

type Mint = (tenants: TwoTenants) => Promise<string>;

/** Kinds of token for the same ServiceAccount, and which of the two frontends take each. */
const TOKENS: readonly {
  readonly kind: string;
  readonly mint: Mint;
  readonly byDefault: boolean;
  readonly byStrict: boolean;
}[] = [
  {
    kind: 'a token with our audience',
    mint: requested([OWN_AUDIENCE]),
    byDefault: true,
    byStrict: true,
  },
  {
    kind: 'a token with the audience of the API server',
    mint: ({ cluster }) => cluster.requestToken('team-a', 'grafana'),
    byDefault: true,
    byStrict: false,
  },
  {
    kind: 'a token with both audiences and another one',
    mint: requested(['vault', OWN_AUDIENCE, 'https://kubernetes.default.svc']),
    byDefault: true,
    byStrict: true,
  },
  {
    kind: 'a legacy token out of a Secret',
    mint: ({ cluster }) => cluster.legacyToken('team-a', 'grafana'),
    byDefault: true,
    byStrict: false,
  },
  {
    kind: 'a token with the audience of another program',
    mint: requested(['vault']),
    byDefault: false,
    byStrict: false,
  },
  {
    kind: 'an expired token',
    mint: signed({ exp: now() - 60 }),
    byDefault: false,
    byStrict: false,
  },
  {
    kind: 'a token that is not valid yet',
    mint: signed({ nbf: now() + 3_600, exp: now() + 7_200 }),
    byDefault: false,
    byStrict: false,
  },
  {
    kind: 'a token of a ServiceAccount that never was',
    mint: signed({ sub: 'system:serviceaccount:team-a:ghost', 'kubernetes.io': ghost() }),
    byDefault: false,
    byStrict: false,
  },
  {
    kind: 'a token signed with another key',
    mint: async ({ cluster }) => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
      const claims = { ...(await cluster.tokenClaims('team-a', 'grafana')), aud: [OWN_AUDIENCE] };
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    },
    byDefault: false,
    byStrict: false,
  },
  {
    kind: 'an opaque token that nobody knows',
    mint: () => Promise.resolve('sha256~unknown'),
    byDefault: false,
    byStrict: false,
  },
];

const HEADERS: readonly (readonly [what: string, headers: Fields, code: string])[] = [
  ['no Authorization header', {}, 'token_missing'],
  ['an empty one', { Authorization: '' }, 'token_missing'],
  ['the scheme alone', { Authorization: 'Bearer' }, 'token_missing'],
  ['another scheme', { Authorization: 'Basic dGVhbS1hOnNlY3JldA==' }, 'token_malformed'],
  ['a token without its scheme', { Authorization: 'sha256~unknown' }, 'token_malformed'],
  ['two tokens in one', { Authorization: 'Bearer one two' }, 'token_malformed'],
  [
    'a token of more than 8 KiB',
    { Authorization: `Bearer ${'x'.repeat(8_193)}` },
    'token_malformed',
  ],
  ['a token that is not ASCII', { Authorization: 'Bearer t\u00f6ken' }, 'token_malformed'],
];

const PARTS = [...TWO_TENANTS_PARTS, 'kube-controller-manager'] as const;

await describeReal('tokens', PARTS, () => {
  let tenants: TwoTenants;
  let byDefault: RunningFrontend;
  let strict: RunningFrontend;

  beforeAll(async () => {
    tenants = await startTwoTenants({ controllerManager: true });
    byDefault = await tenants.startFrontend({ cache: CACHE });
    strict = await tenants.startFrontend({ cache: CACHE, audiences: [OWN_AUDIENCE] });
  }, 300_000);

  afterAll(() => tenants?.stop());

  beforeEach(() => {
    tenants.proxy.forget();
  });

  it.each(TOKENS)('takes or rejects $kind', async ({ mint, ...expected }) => {
    const token = await mint(tenants);
    const { proxy } = tenants;
    for (const [frontend, isTaken] of [
      [byDefault, expected.byDefault],
      [strict, expected.byStrict],
    ] as const) {
      proxy.forget();
      const answer = await frontend.ask(withToken(ORDERS, token));
      expect(outcomeOf(answer)).toEqual(isTaken ? ALLOWED : REJECTED);
      expect(answer.headers['www-authenticate']).toBe(isTaken ? undefined : 'Bearer');
      expect(shows(answer.text, 'team-a')).toBe(isTaken);
      expect(proxy.requests).toHaveLength(isTaken ? 1 : 0);
      // Whatever the token, neither the caller nor the upstream is told of it.
      expect(answer.text + JSON.stringify(proxy.requests)).not.toContain(token);
    }
  });

  it('rejects the token of a ServiceAccount that was deleted', async () => {
    const { cluster } = tenants;
    await cluster.createServiceAccount('team-a', 'leaving');
    await cluster.bindRole({
      namespace: 'team-a',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'team-a', name: 'leaving' },
    });
    const frontends = [byDefault, strict];
    const question = withToken(
      ORDERS,
      await cluster.requestToken('team-a', 'leaving', { audiences: [OWN_AUDIENCE] }),
    );
    const settle = async (status: number): Promise<void> => {
      for (const frontend of frontends) {
        await poll(
          async () => ((await frontend.ask(question)).status === status ? true : undefined),
          {
            what: `status ${status}`,
          },
        );
      }
    };
    await settle(200);
    await cluster.deleteObject('serviceaccount', 'leaving', 'team-a');
    await settle(401);
    // Its name does not bring it back.
    await cluster.createServiceAccount('team-a', 'leaving');
    tenants.proxy.forget();
    for (const frontend of frontends) {
      expect(outcomeOf(await frontend.ask(question))).toEqual(REJECTED);
    }
    expect(tenants.proxy.requests).toEqual([]);
  });

  describe.each(HEADERS)('given %s', (_what, headers, code) => {
    it(`answers 401 ${code}`, async () => {
      for (const frontend of [byDefault, strict]) {
        const answer = await frontend.ask(withHeaders(ORDERS, headers));
        expect(outcomeOf(answer)).toEqual({ status: 401, code });
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
      expect(tenants.proxy.requests).toEqual([]);
    });
  });

  it('rejects two Authorization headers, although each of them is good', async () => {
    const token = await requested([OWN_AUDIENCE])(tenants);
    const header = `Bearer ${token}`;
    for (const frontend of [byDefault, strict]) {
      const twice = withHeaders(ORDERS, { Authorization: [header, header] });
      const answer = await frontend.ask(twice);
      expect(outcomeOf(answer)).toEqual({ status: 401, code: 'token_malformed' });
      expect(answer.text).toContain('exactly one header with a token');
      expect(outcomeOf(await frontend.ask(withToken(ORDERS, token)))).toEqual(ALLOWED);
    }
    expect(tenants.proxy.requests).toHaveLength(2);
  });
});

function requested(audiences: readonly string[]): Mint {
  return ({ cluster }) => cluster.requestToken('team-a', 'grafana', { audiences });
}

/** A token of the ServiceAccount, signed by the cluster, with some claims changed. */
function signed(claims: Readonly<Record<string, unknown>>): Mint {
  return async ({ cluster }) => {
    const good = await cluster.tokenClaims('team-a', 'grafana');
    return cluster.signToken({ ...good, aud: [OWN_AUDIENCE, cluster.audience], ...claims });
  };
}

function ghost(): unknown {
  const uid = '00000000-0000-4000-8000-000000000000';
  return { namespace: 'team-a', serviceaccount: { name: 'ghost', uid } };
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}
