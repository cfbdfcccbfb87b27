import { Agent, request } from 'node:https';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sendRequest } from '../harness/http-request.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from './support/envelope.ts';
import type { RunningFrontend } from './support/frontend-process.ts';
import { get, withToken } from './support/question.ts';
import { AT, shows } from './support/tenant-series.ts';
import { startTwoTenants, TWO_TENANTS_PARTS, type TwoTenants } from './support/two-tenants.ts';

const TOKENS = 10_000;
const CONNECTIONS = 16;
const UNKNOWN_PER_SECOND = 20;
/** Short, so that the tenant is reviewed again and again while the flood runs. */
const CACHE = { authenticatedTtlMs: 500, allowedTtlMs: 500 };
const LEAST_ANSWERS = 50;
/** Tokens of the control, all of which a frontend without a budget has reviewed. */
const CONTROL_TOKENS = 300;

await describeReal('a flood of made-up tokens', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let token: string;

  beforeAll(async () => {
    tenants = await startTwoTenants();
    token = await tenants.tokenOf('team-a');
  }, 300_000);

  afterAll(() => tenants?.stop());

  it('costs the API server no more reviews than are allowed, and a tenant no answer', async () => {
    const frontend = await tenants.startFrontend({
      cache: CACHE,
      budget: { unknownTokensPerSecond: UNKNOWN_PER_SECOND },
    });
    await askAsTenant(frontend);
    const before = await reviewsOf(frontend);
    const startedMs = performance.now();
    const flooding = new AbortController();
    const flood = floodWith(frontend, TOKENS).finally(() => {
      flooding.abort();
    });
    let answers = 0;
    while (!flooding.signal.aborted || answers < LEAST_ANSWERS) {
      await askAsTenant(frontend);
      answers += 1;
    }
    const statuses = await flood;
    const seconds = (performance.now() - startedMs) / 1_000;
    const after = await reviewsOf(frontend);

    expect(new Set(statuses.keys())).toEqual(new Set([401, 503]));
    expect((statuses.get(401) ?? 0) + (statuses.get(503) ?? 0)).toBe(TOKENS);
    expect(statuses.get(401)).toBe(after.rejected - before.rejected);
    // A second's worth may be saved up.
    expect(after.rejected - before.rejected).toBeLessThanOrEqual(
      UNKNOWN_PER_SECOND * (seconds + 1),
    );
    expect(after.rejected).toBeLessThan(TOKENS / 2);
    // The tenant was not served from memory alone.
    expect(after.authenticated).toBeGreaterThan(before.authenticated);
  }, 240_000);

  it('costs a review for each token where the budget is off, as the control', async () => {
    const frontend = await tenants.startFrontend({
      cache: CACHE,
      budget: { maxInFlight: 1_000, reviewsPerSecond: 10_000, unknownTokensPerSecond: 10_000 },
    });
    const statuses = await floodWith(frontend, CONTROL_TOKENS);
    expect(Object.fromEntries(statuses)).toEqual({ 401: CONTROL_TOKENS });
    expect((await reviewsOf(frontend)).rejected).toBe(CONTROL_TOKENS);
  });

  const askAsTenant = async (frontend: RunningFrontend): Promise<void> => {
    const question = get('/namespaces/team-a/api/v1/query', { query: 'shop_orders', ...AT });
    const answer = await frontend.ask(withToken(question, token));
    expect(outcomeOf(answer)).toEqual({ status: 200, code: undefined });
    expect(shows(answer.text, 'team-a')).toBe(true);
  };
});

/** Sends a request with each of many tokens, and counts the statuses. */
async function floodWith(
  frontend: RunningFrontend,
  count: number,
): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, rejectUnauthorized: false });
  const statuses = new Map<number, number>();
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      const status = await statusWith(frontend.url, agent, `sha256~made-up-${next}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  agent.destroy();
  return statuses;
}

function statusWith(url: string, agent: Agent, token: string): Promise<number> {
  const path = `${url}/namespaces/team-a/api/v1/query?query=up`;
  return new Promise((resolve, reject) => {
    const outgoing = request(path, { agent, headers: { Authorization: `Bearer ${token}` } });
    outgoing.on('error', reject);
    outgoing.on('response', (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => {
        resolve(answer.statusCode ?? 0);
      });
    });
    outgoing.end();
  });
}

/** How many TokenReviews a frontend has had answered, by outcome. */
async function reviewsOf(
  frontend: RunningFrontend,
): Promise<Readonly<Record<'authenticated' | 'rejected', number>>> {
  const { text } = await sendRequest({ url: `${frontend.operationsUrl}/metrics` });
  const count = (outcome: string): number => {
    const name = 'tenancy_query_frontend_review_duration_seconds_count';
    const line = text
      .split('\n')
      .find(
        (it) =>
          it.startsWith(name) && it.includes('kind="token"') && it.includes(`outcome="${outcome}"`),
      );
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  return { authenticated: count('authenticated'), rejected: count('rejected') };
}
