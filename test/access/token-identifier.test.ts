import { describe, expect, it } from '@jest/globals';
import type { TokenVerdict } from '../../frontend/access/token-reviewer.ts';
import { Fault } from '../../frontend/fault.ts';
import {
  bearer,
  FakeClock,
  FakeIssuerVerifier,
  FakeTokenReviewer,
  gate,
  identityOf,
  NOW_MS,
  unsignedJwt,
} from './fakes.ts';
import { everyone, kubernetesAccess, nobody } from './kubernetes-setup.ts';

const TOKEN = bearer('sha256~abc');
const REJECTED = { ok: false, rejection: { code: 'token_rejected' } };

function authenticated(username: string, audiences: readonly string[] = []): TokenVerdict {
  return { kind: 'authenticated', identity: identityOf(username), audiences };
}

describe('identify', () => {
  it('returns the identity of the review, frozen', async () => {
    const identity = identityOf('jane', {
      uid: '7',
      groups: ['devs'],
      extra: { 'authentication.kubernetes.io/pod-name': ['web-0'] },
    });
    const tokenReviewer = new FakeTokenReviewer(() => ({
      kind: 'authenticated',
      identity,
      audiences: [],
    }));
    const outcome = await kubernetesAccess({ tokenReviewer }).identify(TOKEN);
    expect(outcome).toEqual({ ok: true, value: { identity, source: 'live' } });
    const frozen = outcome.ok ? outcome.value.identity : identity;
    expect(Object.isFrozen(frozen)).toBe(true);
    expect(Object.isFrozen(frozen.groups)).toBe(true);
    expect(Object.isFrozen(frozen.extra)).toBe(true);
    expect(Object.values(frozen.extra).every((values) => Object.isFrozen(values))).toBe(true);
  });

  it('sends the configured audiences', async () => {
    const tokenReviewer = new FakeTokenReviewer(() => authenticated('jane', ['own']));
    await kubernetesAccess({ tokenReviewer, audiences: ['own', 'issuer'] }).identify(TOKEN);
    expect(tokenReviewer.calls).toEqual([{ token: TOKEN, audiences: ['own', 'issuer'] }]);
  });

  it.each<[string, readonly string[], readonly string[], boolean]>([
    ['none asked, none answered', [], [], true],
    ['none asked, some answered', [], ['issuer'], true],
    ['one asked, the same answered', ['own'], ['own'], true],
    ['two asked, one answered', ['own', 'issuer'], ['issuer'], true],
    ['one asked, none answered', ['own'], [], false],
    ['one asked, another answered', ['own'], ['issuer'], false],
    ['one asked, a longer one answered', ['own'], ['own-too'], false],
  ])('holds an answer to its audiences: %s', async (_case, audiences, answered, isAccepted) => {
    const tokenReviewer = new FakeTokenReviewer(() => authenticated('jane', answered));
    const outcome = await kubernetesAccess({ tokenReviewer, audiences }).identify(TOKEN);
    expect(outcome.ok).toBe(isAccepted);
    if (!isAccepted) expect(outcome).toEqual(REJECTED);
  });

  it('asks once for the same bad token a hundred times in five seconds', async () => {
    const tokenReviewer = nobody();
    const clock = new FakeClock();
    const access = kubernetesAccess({ tokenReviewer, clock });
    for (let turn = 0; turn < 100; turn += 1) {
      expect(await access.identify(TOKEN)).toEqual(REJECTED);
      clock.advance(50);
    }
    expect(tokenReviewer.calls).toHaveLength(1);
  });

  it('remembers an answer for other audiences as a rejection', async () => {
    const tokenReviewer = new FakeTokenReviewer(() => authenticated('jane', []));
    const access = kubernetesAccess({ tokenReviewer, audiences: ['own'] });
    await access.identify(TOKEN);
    expect(await access.identify(TOKEN)).toEqual(REJECTED);
    expect(tokenReviewer.calls).toHaveLength(1);
  });

  it('asks once for two hundred first requests at a time', async () => {
    const opened = gate<TokenVerdict>();
    const tokenReviewer = new FakeTokenReviewer(() => opened.promise);
    const access = kubernetesAccess({ tokenReviewer });
    const outcomes = Promise.all(Array.from({ length: 200 }, () => access.identify(TOKEN)));
    opened.open(authenticated('jane'));
    expect((await outcomes).every((outcome) => outcome.ok)).toBe(true);
    expect(tokenReviewer.calls).toHaveLength(1);
  });

  it('keeps authenticated tokens through a flood of bad ones', async () => {
    const tokenReviewer = new FakeTokenReviewer((token) =>
      token === TOKEN ? authenticated('jane') : { kind: 'rejected' },
    );
    const access = kubernetesAccess({ tokenReviewer, cache: { maxEntries: 4 } });
    await access.identify(TOKEN);
    for (let turn = 0; turn < 50; turn += 1) await access.identify(bearer(`bad-${turn}`));
    expect(await access.identify(TOKEN)).toMatchObject({ ok: true, value: { source: 'cache' } });
    expect(tokenReviewer.calls).toHaveLength(51);
  });
});

describe('the time a token verdict is remembered', () => {
  it.each<[string, unknown, number]>([
    ['the token names no end', { iss: 'x' }, 30_000],
    ['the token ends later', { exp: NOW_MS / 1_000 + 3_600 }, 30_000],
    ['the token ends in the year 9999', { exp: 253_402_300_799 }, 30_000],
    ['the token ends sooner', { exp: NOW_MS / 1_000 + 3 }, 3_000],
    ['the end is no number', { exp: String(NOW_MS / 1_000 + 3) }, 30_000],
    ['the end is beyond all numbers', { exp: 1e308 * 10 }, 30_000],
  ])('ends when it should: %s', async (_case, claims, lastsMs) => {
    const tokenReviewer = everyone();
    const clock = new FakeClock();
    const access = kubernetesAccess({ tokenReviewer, clock });
    const token = unsignedJwt(claims);
    await access.identify(token);
    clock.advance(lastsMs - 1);
    await access.identify(token);
    expect(tokenReviewer.calls).toHaveLength(1);
    clock.advance(1);
    await access.identify(token);
    expect(tokenReviewer.calls).toHaveLength(2);
  });

  it('is none for a token whose end has passed already', async () => {
    const tokenReviewer = everyone();
    const access = kubernetesAccess({ tokenReviewer });
    const token = unsignedJwt({ exp: NOW_MS / 1_000 - 1 });
    await access.identify(token);
    await access.identify(token);
    expect(tokenReviewer.calls).toHaveLength(2);
  });

  it('does not move with the date of the machine', async () => {
    const tokenReviewer = everyone();
    const clock = new FakeClock();
    const access = kubernetesAccess({ tokenReviewer, clock });
    await access.identify(TOKEN);
    clock.shiftWall(-86_400_000);
    clock.advance(30_000);
    await access.identify(TOKEN);
    expect(tokenReviewer.calls).toHaveLength(2);
  });

  it('is over after ten seconds for a rejected one', async () => {
    const tokenReviewer = nobody();
    const clock = new FakeClock();
    const access = kubernetesAccess({ tokenReviewer, clock });
    await access.identify(TOKEN);
    clock.advance(10_000);
    await access.identify(TOKEN);
    expect(tokenReviewer.calls).toHaveLength(2);
  });

  it.each([
    ['authenticated', everyone(), { authenticatedTtlMs: 0 }],
    ['rejected', nobody(), { rejectedTtlMs: 0 }],
  ])('is none where 0 switches it off: %s', async (_kind, tokenReviewer, cache) => {
    const access = kubernetesAccess({ tokenReviewer, cache });
    await access.identify(TOKEN);
    await access.identify(TOKEN);
    expect(tokenReviewer.calls).toHaveLength(2);
  });
});

describe('a change of a ServiceAccount', () => {
  const accounts = ['team-a:grafana', 'team-a:other', 'team-b:grafana'];
  const names = [...accounts.map((it) => `system:serviceaccount:${it}`), 'jane'];

  async function sourcesAfter(
    account: { readonly namespace: string; readonly name: string } | undefined,
  ): Promise<readonly unknown[]> {
    const access = kubernetesAccess({ tokenReviewer: everyone() });
    for (const name of names) await access.identify(bearer(name));
    access.forgetTokens(account);
    const outcomes = await Promise.all(names.map((name) => access.identify(bearer(name))));
    return outcomes.map((outcome) => outcome.ok && outcome.value.source);
  }

  it('makes its tokens be reviewed again, and those of nobody else', async () => {
    expect(await sourcesAfter({ namespace: 'team-a', name: 'grafana' })).toEqual([
      'live',
      'cache',
      'cache',
      'cache',
    ]);
  });

  it('of unknown name makes those of every ServiceAccount be reviewed again', async () => {
    expect(await sourcesAfter(undefined)).toEqual(['live', 'live', 'live', 'cache']);
  });

  it('leaves new verdicts on its tokens short-lived until it has settled', async () => {
    const clock = new FakeClock();
    const tokenReviewer = everyone();
    const access = kubernetesAccess({ tokenReviewer, clock });
    access.forgetTokens({ namespace: 'team-a', name: 'grafana' });
    const token = bearer('system:serviceaccount:team-a:grafana');
    await access.identify(token);
    clock.advance(1_000);
    await access.identify(token);
    expect(tokenReviewer.calls).toHaveLength(2);
    clock.advance(14_000);
    await access.identify(token);
    clock.advance(29_999);
    await access.identify(token);
    expect(tokenReviewer.calls).toHaveLength(3);
  });
});

describe('the local check', () => {
  const issued = unsignedJwt({ iss: 'https://issuer', exp: NOW_MS / 1_000 + 60 });

  it('rejects ten thousand forged tokens without a review', async () => {
    const tokenReviewer = everyone();
    const issuerVerifier = new FakeIssuerVerifier('rejected');
    const access = kubernetesAccess({ tokenReviewer, issuerVerifier });
    for (let turn = 0; turn < 10_000; turn += 1) {
      const token = unsignedJwt({ iss: 'https://issuer', jti: turn });
      expect(await access.identify(token)).toEqual(REJECTED);
    }
    expect(tokenReviewer.calls).toHaveLength(0);
  });

  it('never accepts alone', async () => {
    const tokenReviewer = nobody();
    const issuerVerifier = new FakeIssuerVerifier('passed');
    expect(await kubernetesAccess({ tokenReviewer, issuerVerifier }).identify(issued)).toEqual(
      REJECTED,
    );
    expect(tokenReviewer.calls).toHaveLength(1);
  });

  it.each([
    ['an opaque token', TOKEN],
    ['a JWT without an issuer', unsignedJwt({ exp: 1 })],
    ['a JWT whose issuer is no text', unsignedJwt({ iss: 7 })],
  ])('is not asked about %s', async (_case, token) => {
    const issuerVerifier = new FakeIssuerVerifier('rejected');
    expect((await kubernetesAccess({ issuerVerifier }).identify(token)).ok).toBe(true);
    expect(issuerVerifier.issuers).toEqual([]);
  });

  it('hears the issuer to the letter', async () => {
    const issuerVerifier = new FakeIssuerVerifier('not_applicable');
    await kubernetesAccess({ issuerVerifier }).identify(unsignedJwt({ iss: 'https://issuer/' }));
    expect(issuerVerifier.issuers).toEqual(['https://issuer/']);
  });
});

describe('without a verdict, identify', () => {
  const away = new Fault('api_server_unreachable', 'away', { retryable: true });
  const unavailable = {
    ok: false,
    rejection: { code: 'access_review_unavailable', retryAfterSeconds: 1 },
  };

  it('says unavailable and remembers nothing', async () => {
    let isAway = true;
    const tokenReviewer = new FakeTokenReviewer(() => {
      if (isAway) throw away;
      return authenticated('jane');
    });
    const access = kubernetesAccess({ tokenReviewer });
    expect(await access.identify(TOKEN)).toEqual(unavailable);
    isAway = false;
    expect((await access.identify(TOKEN)).ok).toBe(true);
  });

  it('serves what it remembers until that time is over', async () => {
    let isAway = false;
    const clock = new FakeClock();
    const tokenReviewer = new FakeTokenReviewer(() => {
      if (isAway) throw away;
      return authenticated('jane');
    });
    const access = kubernetesAccess({ tokenReviewer, clock });
    await access.identify(TOKEN);
    isAway = true;
    clock.advance(29_999);
    expect(await access.identify(TOKEN)).toMatchObject({ ok: true, value: { source: 'cache' } });
    clock.advance(1);
    expect(await access.identify(TOKEN)).toEqual(unavailable);
  });

  it('lets a defect through', async () => {
    const tokenReviewer = new FakeTokenReviewer(() => {
      throw new TypeError('a defect');
    });
    await expect(kubernetesAccess({ tokenReviewer }).identify(TOKEN)).rejects.toThrow(TypeError);
  });
});

describe('the budget of identify', () => {
  it('limits reviews of ten thousand made-up tokens and leaves known callers alone', async () => {
    const clock = new FakeClock();
    const tokenReviewer = new FakeTokenReviewer((token) =>
      token === TOKEN ? authenticated('jane') : { kind: 'rejected' },
    );
    const access = kubernetesAccess({
      tokenReviewer,
      clock,
      budget: { reviewsPerSecond: 200, unknownTokensPerSecond: 50 },
    });
    await access.identify(TOKEN);
    clock.advance(30_000);
    let withheld = 0;
    for (let turn = 0; turn < 10_000; turn += 1) {
      const outcome = await access.identify(bearer(`made-up-${turn}`));
      if (!outcome.ok && outcome.rejection.code === 'access_review_unavailable') withheld += 1;
    }
    expect(withheld).toBe(9_950);
    expect(tokenReviewer.calls).toHaveLength(51);
    // Its verdict is over, and still it is no made-up token.
    expect(await access.identify(TOKEN)).toMatchObject({ ok: true, value: { source: 'live' } });
  });

  it('counts tokens that passed the local check as known', async () => {
    const access = kubernetesAccess({
      issuerVerifier: new FakeIssuerVerifier('passed'),
      budget: { reviewsPerSecond: 10, unknownTokensPerSecond: 1 },
    });
    for (let turn = 0; turn < 10; turn += 1) {
      expect((await access.identify(unsignedJwt({ iss: 'x', jti: turn }))).ok).toBe(true);
    }
    expect((await access.identify(unsignedJwt({ iss: 'x', jti: 10 }))).ok).toBe(false);
  });
});
