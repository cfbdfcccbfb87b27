import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { HttpAnswer } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from './support/envelope.ts';
import type { RunningFrontend } from './support/frontend-process.ts';
import { get, withToken } from './support/question.ts';
import { AT, seriesOf, shows } from './support/tenant-series.ts';
import { startTwoTenants, TWO_TENANTS_PARTS, type TwoTenants } from './support/two-tenants.ts';

// Longer than the harness gives the API server to stop.
const TTL_MS = 20_000;
// The default of `access.apiServer.timeoutMs`.
const REVIEW_TIMEOUT_MS = 10_000;
const CACHE = { authenticatedTtlMs: TTL_MS, allowedTtlMs: TTL_MS };
const ORDERS = get('/namespaces/team-a/api/v1/query', { query: 'shop_orders', ...AT });
const FOREIGN = get('/namespaces/team-b/api/v1/query', { query: 'shop_orders', ...AT });
const NO_VERDICT = { status: 503, code: 'access_review_unavailable' };
const NO_UPSTREAM = { status: 503, code: 'upstream_unavailable' };
const ALLOWED = { status: 200, code: undefined };

await describeReal('outages', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;

  beforeAll(async () => {
    tenants = await startTwoTenants();
    frontend = await tenants.startFrontend({ cache: CACHE });
  }, 300_000);

  afterAll(() => tenants?.stop());

  const ask = (token: string, question = ORDERS): Promise<HttpAnswer> =>
    frontend.ask(withToken(question, token));

  const expectRetry = (answer: HttpAnswer, outcome: typeof NO_VERDICT): void => {
    expect(outcomeOf(answer)).toEqual(outcome);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  };

  it('lives through an outage of the API server on what it remembers, and refuses all else', async () => {
    const { cluster, proxy } = tenants;
    const known = await tenants.tokenOf('team-a');
    const unseen = await cluster.requestToken('team-a', 'grafana', { durationSeconds: 1_800 });
    expect(outcomeOf(await ask(known))).toEqual(ALLOWED);
    const rememberedAtMs = performance.now();
    await cluster.stopApiserver();

    expect(outcomeOf(await ask(known))).toEqual(ALLOWED);
    proxy.forget();
    const askedAtMs = performance.now();
    expectRetry(await ask(known, FOREIGN), NO_VERDICT);
    expectRetry(await ask(unseen), NO_VERDICT);
    expectRetry(await ask('sha256~unknown'), NO_VERDICT);
    // Nobody waits for a verdict that cannot come: all three together take less than one review may.
    expect(performance.now() - askedAtMs).toBeLessThan(REVIEW_TIMEOUT_MS);

    const restMs = Math.max(0, TTL_MS - (performance.now() - rememberedAtMs)) + 100;
    await new Promise((resolve) => setTimeout(resolve, restMs));
    for (const token of [known, unseen, 'sha256~unknown']) {
      expectRetry(await ask(token), NO_VERDICT);
    }
    expect(proxy.requests).toEqual([]);

    // While the API server comes back, a good token gets either no verdict or the right one.
    const restart = cluster.startApiserver();
    const seen = new Set<string>();
    await poll(
      async () => {
        const outcomes = [outcomeOf(await ask(known)), outcomeOf(await ask(unseen))];
        for (const outcome of outcomes) seen.add(JSON.stringify(outcome));
        return outcomes.every(({ status }) => status === 200) ? true : undefined;
      },
      { what: 'the frontend to recover', withinMs: 120_000 },
    );
    await restart;
    expect([...seen].toSorted()).toEqual(
      [ALLOWED, NO_VERDICT].map((outcome) => JSON.stringify(outcome)).toSorted(),
    );
    await poll(async () => ((await ask('sha256~unknown')).status === 401 ? true : undefined), {
      what: 'an unknown token to be rejected again',
    });
    expect(outcomeOf(await ask(known, FOREIGN))).toEqual({ status: 403, code: 'tenant_denied' });
  }, 300_000);

  it('answers 503 while nothing listens at the upstream, and recovers', async () => {
    const token = await tenants.tokenOf('team-a');
    expect(outcomeOf(await ask(token))).toEqual(ALLOWED);
    await tenants.proxy.stop();
    for (let turn = 0; turn < 3; turn += 1) expectRetry(await ask(token), NO_UPSTREAM);
    await tenants.proxy.start();
    const answer = await ask(token);
    expect(outcomeOf(answer)).toEqual(ALLOWED);
    expect(shows(answer.text, 'team-a')).toBe(true);
  });

  it('answers 503 while the upstream cuts connections off, and recovers on its successor', async () => {
    const token = await tenants.tokenOf('team-a');
    expect(outcomeOf(await ask(token))).toEqual(ALLOWED);
    await tenants.prometheus.stop();
    for (let turn = 0; turn < 3; turn += 1) expectRetry(await ask(token), NO_UPSTREAM);
    const successor = await startPrometheus({ openMetrics: seriesOf('team-a', 'team-b') });
    try {
      tenants.proxy.pointTo(successor.url);
      const answer = await ask(token);
      expect(outcomeOf(answer)).toEqual(ALLOWED);
      expect(shows(answer.text, 'team-a')).toBe(true);
      expect(shows(answer.text, 'team-b')).toBe(false);
    } finally {
      await successor.stop();
    }
  });

  it('tells neither addresses nor causes of an outage', async () => {
    const token = await tenants.tokenOf('team-a');
    await tenants.proxy.stop();
    const answer = await ask(token);
    await tenants.proxy.start();
    expect(outcomeOf(answer)).toEqual(NO_UPSTREAM);
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|socket|prometheus/i);
  });
});
