import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { sendRequest } from '../harness/http-request.ts';
import { describeReal } from '../harness/skip.ts';
import type { Answerer } from '../meaning/comparison.ts';
import { startScopingFrontend } from '../meaning/scoping-frontend.ts';
import { shows } from '../query-frontend/support/tenant-series.ts';
import type { AnswerFault } from './answer-breaker.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { askQuery, leaksOf, type Seen, seenOf } from './tenant-question.ts';
import { startQuerierOver, startThanosStore } from './thanos-path.ts';

const DEADLINE_MS = 1_000;
const QUERY = /^\/api\/v1\/query\?/;
const RULES = /^\/api\/v1\/rules/;
const UNAVAILABLE = { status: 503, code: 'upstream_unavailable' };

await describeReal('a broken answer of Thanos', ['prometheus', 'promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  let proxy: FaultProxy;
  let tenant: Answerer;

  beforeAll(async () => {
    const store = await startThanosStore(started);
    const querier = await startQuerierOver(store, started);
    proxy = await startFaultProxy(querier.httpUrl);
    started.defer(proxy.stop);
    const frontend = await startScopingFrontend(proxy.url, { deadlineMs: DEADLINE_MS });
    started.defer(frontend.stop);
    tenant = frontend.answererOf(['team-a']);
  }, 120_000);

  afterAll(() => started.disposeAsync());

  // The frontend is the same one throughout, so each case shows that it recovered from those before.
  afterEach(async () => {
    proxy.plant();
    const answer = await askQuery(tenant);
    expect(answer.status).toBe(200);
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(leaksOf(answer)).toEqual([]);
  });

  it.each<readonly [string, AnswerFault, Seen]>([
    ['with 500', { kind: 'status', status: 500 }, UNAVAILABLE],
    ['with 503', { kind: 'status', status: 503 }, UNAVAILABLE],
    ['with 429', { kind: 'status', status: 429, headers: { 'Retry-After': '7' } }, { status: 429, code: 'upstream_throttled' }], // prettier-ignore
    ['with 401', { kind: 'status', status: 401 }, { status: 502, code: 'upstream_unexpected' }],
    ['with 302', { kind: 'status', status: 302, headers: { Location: 'http://127.0.0.1/' } }, { status: 502, code: 'upstream_unexpected' }], // prettier-ignore
    ['that is held', { kind: 'held' }, { status: 504, code: 'upstream_timeout' }],
    ['that never begins', { kind: 'reset' }, UNAVAILABLE],
    ['that ends before it begins', { kind: 'truncated' }, UNAVAILABLE],
    ['reset in its head', { kind: 'reset', behind: 'HTTP/1.1 200' }, UNAVAILABLE],
    ['reset in its data', { kind: 'reset', behind: '"result":[' }, 'broken off'],
    ['cut short in its data', { kind: 'truncated', behind: '"result":[' }, 'broken off'],
    ['cut short behind a series', { kind: 'truncated', behind: '"1711"]}' }, 'broken off'],
  ])('%s is told by a code, or breaks off', async (_what, fault, expected) => {
    proxy.plant({ fault, on: QUERY });
    const answer = askQuery(tenant);
    expect(await seenOf(answer)).toEqual(expected);
    // What was broken was a real answer with data.
    expect(proxy.broken[0]).toContain('1711');
    // A kept connection that breaks before the answer is tried once more on a new one.
    expect(proxy.broken.length).toBeLessThanOrEqual(2);
    if (expected === 'broken off') return;
    const { headers } = await answer;
    expect(leaksOf(await answer)).toEqual([]);
    expect(headers['retry-after'] !== undefined).toBe([429, 503].includes(expected.status));
    expect([headers['www-authenticate'], headers['location']]).toEqual([undefined, undefined]);
  });

  it("that is no JSON does not become JSON, nor anybody else's", async () => {
    proxy.plant({ fault: { kind: 'invalidJson' }, on: QUERY });
    const answer = await askQuery(tenant);
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
    expect(leaksOf(answer)).toEqual([]);
  });

  it.each<readonly [string, AnswerFault, Seen]>([
    ['no JSON', { kind: 'invalidJson' }, { status: 502, code: 'upstream_unexpected' }],
    ['cut short', { kind: 'truncated', behind: '"groups":[' }, UNAVAILABLE],
    ['reset', { kind: 'reset', behind: '"groups":[' }, UNAVAILABLE],
  ])('that is filtered is refused as a whole when it is %s', async (_what, fault, expected) => {
    const asked = { url: `${tenant.url}/api/v1/rules`, headers: tenant.headers };
    expect((await sendRequest(asked)).status).toBe(200);
    proxy.plant({ fault, on: RULES });
    const answer = sendRequest(asked);
    expect(await seenOf(answer)).toEqual(expected);
    expect(proxy.broken).toHaveLength(1);
    expect(leaksOf(await answer)).toEqual([]);
  });

  it('is broken for whoever asks without the frontend', async () => {
    proxy.plant({ fault: { kind: 'truncated', behind: '"result":[' }, on: QUERY });
    const direct = { url: proxy.url, headers: {} };
    expect(await seenOf(askQuery(direct))).toBe('broken off');
    proxy.plant();
    const answer = await askQuery(direct);
    expect(leaksOf(answer)).not.toEqual([]);
  });
});
