import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpAnswer } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from '../query-frontend/support/envelope.ts';
import { startFrontend } from '../query-frontend/support/frontend.ts';
import type { RunningFrontend } from '../query-frontend/support/frontend-process.ts';
import { get, withToken } from '../query-frontend/support/question.ts';
import { AT, shows } from '../query-frontend/support/tenant-series.ts';
import {
  startTwoTenants,
  TWO_TENANTS_PARTS,
  type TwoTenants,
} from '../query-frontend/support/two-tenants.ts';
import type { AnswerFault } from './answer-breaker.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { leaksOf } from './tenant-question.ts';

const REVIEWS = [
  { review: 'TokenReview', on: /\/tokenreviews$/, verdict: '"authenticated":true' },
  { review: 'SubjectAccessReview', on: /\/subjectaccessreviews$/, verdict: '"allowed":true' },
] as const;
// Nothing is remembered, so that each request asks for both reviews.
const CACHE = { authenticatedTtlMs: 0, rejectedTtlMs: 0, allowedTtlMs: 0, deniedTtlMs: 0 };
const REVIEW_TIMEOUT_MS = 1_000;
const RETRY_AFTER_SECONDS = 2;
const ORDERS = get('/namespaces/team-a/api/v1/query', { query: 'shop_orders', ...AT });
const FOREIGN = get('/namespaces/team-b/api/v1/query', { query: 'shop_orders', ...AT });
const NO_VERDICT = { status: 503, code: 'access_review_unavailable' };

await describeReal('a broken answer of the API server', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let proxy: FaultProxy;
  let frontend: RunningFrontend;
  let token: string;
  const started = new AsyncDisposableStack();

  beforeAll(async () => {
    tenants = await startTwoTenants();
    started.defer(tenants.stop);
    const { cluster } = tenants;
    proxy = await startFaultProxy(cluster.url, await readFile(cluster.caFile, 'utf8'));
    started.defer(proxy.stop);
    frontend = await startFrontend({
      cluster,
      upstreamUrl: tenants.proxy.url,
      access: { cache: CACHE },
      apiServer: { url: proxy.url, caFile: proxy.caFile, timeoutMs: REVIEW_TIMEOUT_MS },
    });
    started.defer(frontend.stop);
    token = await tenants.tokenOf('team-a');
  }, 300_000);

  afterAll(() => started.disposeAsync());

  const ask = (question = ORDERS, bearer = token): Promise<HttpAnswer> =>
    frontend.ask(withToken(question, bearer));

  const expectNoVerdict = async (...asked: Parameters<typeof ask>): Promise<void> => {
    const answer = await ask(...asked);
    expect(outcomeOf(answer)).toEqual(NO_VERDICT);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(leaksOf(answer)).toEqual([]);
  };

  // The frontend is the same one throughout.
  afterEach(async () => {
    proxy.plant();
    const answer = await poll(
      async () => {
        const asked = await ask();
        return outcomeOf(asked).code === NO_VERDICT.code ? undefined : asked;
      },
      { what: 'the frontend to have verdicts again' },
    );
    expect(answer.status).toBe(200);
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(leaksOf(answer)).toEqual([]);
    expect(outcomeOf(await ask(FOREIGN))).toEqual({ status: 403, code: 'tenant_denied' });
  });

  describe.each(REVIEWS)('to a $review', ({ on, verdict }) => {
    it.each<readonly [string, AnswerFault]>([
      ['with 500', { kind: 'status', status: 500 }],
      ['with 401', { kind: 'status', status: 401 }],
      ['with 403', { kind: 'status', status: 403 }],
      ['with 302', { kind: 'status', status: 302, headers: { Location: 'https://127.0.0.1/' } }],
      ['that is held', { kind: 'held' }],
      ['that never begins', { kind: 'reset' }],
      ['reset behind its verdict', { kind: 'reset', behind: verdict }],
      ['cut short behind its verdict', { kind: 'truncated', behind: verdict }],
      ['that is no JSON', { kind: 'invalidJson' }],
    ])('%s is no verdict', async (_what, fault) => {
      proxy.plant({ fault, on });
      tenants.proxy.forget();
      await expectNoVerdict();
      // The API server did allow it: all that was missing is the way to here.
      expect(proxy.broken.join('')).toContain(verdict);
      expect(tenants.proxy.requests).toEqual([]);
    });

    it('with 429 is no verdict, and nobody asks again before its time', async () => {
      const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
      proxy.plant({ fault: { kind: 'status', status: 429, headers }, on });
      const askedAtMs = performance.now();
      await expectNoVerdict();
      expect(proxy.broken.join('')).toContain(verdict);

      proxy.plant();
      let withheld = 0;
      const answer = await poll(
        async () => {
          const asked = await ask();
          if (asked.status === 200) return asked;
          expect(outcomeOf(asked)).toEqual(NO_VERDICT);
          expect(Number(asked.headers['retry-after'])).toBeLessThanOrEqual(RETRY_AFTER_SECONDS);
          expect(proxy.targets.filter((target) => target.endsWith('reviews'))).toEqual([]);
          withheld += 1;
          return undefined;
        },
        { what: 'the time of the 429 to be over' },
      );
      expect(shows(answer.text, 'team-a')).toBe(true);
      expect(withheld).toBeGreaterThan(0);
      // Not earlier than it asked for, on two clocks.
      expect(performance.now() - askedAtMs).toBeGreaterThan(RETRY_AFTER_SECONDS * 1_000 - 100);
    });
  });

  it('does not make a good token of a bad one, nor a foreign namespace an own one', async () => {
    const forged = 'sha256~unknown';
    expect(outcomeOf(await ask(ORDERS, forged))).toEqual({ status: 401, code: 'token_rejected' });
    proxy.plant({ fault: { kind: 'status', status: 500 }, on: REVIEWS[0].on });
    await expectNoVerdict(ORDERS, forged);
    for (const { on } of REVIEWS) {
      for (const status of [500, 401, 403]) {
        proxy.plant({ fault: { kind: 'status', status }, on });
        tenants.proxy.forget();
        await expectNoVerdict(FOREIGN);
        expect(proxy.broken.length).toBeGreaterThan(0);
        expect(tenants.proxy.requests).toEqual([]);
      }
    }
  });
});
