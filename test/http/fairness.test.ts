import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ConcurrencyConfig, RatesConfig } from '../../frontend/config/limits.ts';
import { accessOf, type FakeHolder } from './harness/fake-access.ts';
import type { Answer } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { type Frontend, type FrontendOptions, startFrontend } from './harness/frontend.ts';
import { DEFAULT_GROUPS } from './harness/limit-groups.ts';
import { json, type Recorded, SUCCESS } from './harness/recording-upstream.ts';

// What is shown is counted; how long it takes says nothing on a busy machine.
jest.setTimeout(30_000);

const SETS = ['s1', 's2', 's3', 's4', 's5', 's6'];

let authorized = 0;
const waitsFor = async (): Promise<void> => {
  authorized += 1;
};

const HOLDERS: Readonly<Record<string, FakeHolder>> = {
  ann: { username: 'ann', namespaces: ['a', ...SETS], waitsFor },
  adam: { username: 'adam', namespaces: ['a'], waitsFor },
  ben: { username: 'ben', namespaces: ['b'], waitsFor },
};

const CONCURRENCY: ConcurrencyConfig = {
  total: 8,
  perTenant: 6,
  perUser: 6,
  waitingPerTenant: 1_000,
  waitingPerUser: 1_000,
  waitMs: 60_000,
};
const NO_RATES: RatesConfig = { perTenant: 0, perUser: 0 };

interface Rules {
  readonly concurrency?: Partial<ConcurrencyConfig>;
  readonly rates?: Partial<RatesConfig>;
}

beforeEach(() => {
  authorized = 0;
});

function start(rules: Rules = {}, options: FrontendOptions = {}): Promise<Frontend> {
  return startFrontend({
    access: accessOf(HOLDERS),
    listener: { maxConnections: 1_000 },
    deadlineMs: 60_000,
    groups: {
      ...DEFAULT_GROUPS,
      rates: { ...NO_RATES, ...rules.rates },
      concurrency: { ...CONCURRENCY, ...rules.concurrency },
    },
    ...options,
  });
}

function delayed(frontend: Frontend, delayMs: number): void {
  frontend.upstream.respondWith((response, recorded) => {
    setTimeout(() => {
      json(SUCCESS)(response, recorded);
    }, delayMs);
  });
}

/** Sends `count` different queries at once, as `user` for `namespaces`. */
function flood(
  frontend: Frontend,
  user: string,
  namespaces: string,
  count: number,
): readonly Promise<Answer>[] {
  return Array.from({ length: count }, (_, index) =>
    frontend.ask(`/api/v1/query?namespace=${namespaces}&time=${index}&query=${user}`, {
      headers: { Authorization: `Bearer ${user}` },
    }),
  );
}

/** Who is behind a request upstream: the metric is named after the user. */
function userOf({ parameters }: Recorded): string {
  return parameters.find(([name]) => name === 'query')?.[1].split('{')[0] ?? '';
}

/** Requests of `user` that reached the upstream before the last one of `other` did. */
function before(frontend: Frontend, user: string, other: string): number {
  const users = frontend.upstream.recorded.map((recorded) => userOf(recorded));
  return users.slice(0, users.lastIndexOf(other)).filter((it) => it === user).length;
}

async function statuses(answers: readonly Promise<Answer>[]): Promise<readonly number[]> {
  return (await Promise.all(answers)).map(({ status }) => status);
}

async function untilAuthorized(count: number): Promise<void> {
  await eventually(
    () => authorized,
    (it) => it === count,
  );
  // From there it is a few steps into the queue, or to the upstream.
  await sleep(50);
}

describe('a tenant that floods', () => {
  it('delays another by a round for each of its queries, not by its own backlog', async () => {
    await using frontend = await start({ concurrency: { perTenant: 8, perUser: 8 } });
    delayed(frontend, 30);
    const flooding = flood(frontend, 'ann', 'a', 200);
    await untilAuthorized(200);
    const started = frontend.upstream.recorded.length;
    const modest = await statuses(flood(frontend, 'ben', 'b', 10));
    expect(modest).toEqual(Array(10).fill(200));
    expect(before(frontend, 'ann', 'ben') - started).toBeLessThan(60);
    expect(await statuses(flooding)).toEqual(Array(200).fill(200));
    expect(frontend.upstream.recorded).toHaveLength(210);
  });

  it('delays its own later queries by all of it, as the control', async () => {
    await using frontend = await start({ concurrency: { perTenant: 8, perUser: 8 } });
    const held: (() => void)[] = [];
    frontend.upstream.respondWith((response, recorded) => {
      held.push(() => {
        json(SUCCESS)(response, recorded);
      });
    });
    const flooding = flood(frontend, 'ann', 'a', 200);
    await untilAuthorized(200);
    const later = frontend.ask('/api/v1/query?namespace=a&query=later', {
      headers: { Authorization: 'Bearer ann' },
    });
    await untilAuthorized(201);
    delayed(frontend, 1);
    for (const answer of held) answer();
    expect(await statuses([...flooding, later])).toEqual(Array(201).fill(200));
    expect(before(frontend, 'ann', 'later')).toBeGreaterThan(190);
  });

  it('does not starve another user of the same namespace', async () => {
    await using frontend = await start({ concurrency: { perTenant: 8, perUser: 8 } });
    delayed(frontend, 30);
    const flooding = flood(frontend, 'ann', 'a', 200);
    await untilAuthorized(200);
    const started = frontend.upstream.recorded.length;
    expect(await statuses(flood(frontend, 'adam', 'a', 10))).toEqual(Array(10).fill(200));
    expect(before(frontend, 'ann', 'adam') - started).toBeLessThan(60);
    await Promise.all(flooding);
  });

  it('gains nothing by combining namespaces', async () => {
    await using frontend = await start();
    frontend.upstream.respondWith((response, recorded) => {
      if (userOf(recorded) === 'ben') json(SUCCESS)(response, recorded);
    });
    const flooding = SETS.flatMap((_, index) =>
      flood(frontend, 'ann', SETS.slice(0, index + 1).join('&namespace='), 10),
    ).map((answer) => answer.catch(() => undefined));
    await untilAuthorized(60);
    expect(frontend.upstream.recorded).toHaveLength(6);
    expect(await statuses(flood(frontend, 'ben', 'b', 10))).toEqual(Array(10).fill(200));
    expect(frontend.upstream.recorded).toHaveLength(16);
    frontend.upstream.respondWith(json(SUCCESS));
    await frontend.listener.drain(0);
    await Promise.all(flooding);
  });

  it('is told to come back when its queue is full, and nobody else is', async () => {
    await using frontend = await start({ concurrency: { waitingPerTenant: 20 } });
    delayed(frontend, 50);
    const flooding = flood(frontend, 'ann', 'a', 200);
    const modest = flood(frontend, 'ben', 'b', 10);
    expect(await statuses(modest)).toEqual(Array(10).fill(200));
    const answers = await Promise.all(flooding);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, text } of refused) {
      expect([status, headers['retry-after']]).toEqual([429, '2']);
      expect(JSON.parse(text)).toMatchObject({
        status: 'error',
        code: 'limit_concurrency',
        error: 'the set of namespaces already has 20 queries waiting',
      });
    }
  });
});

describe('a tenant whose queries are slow', () => {
  it('leaves turns to the others', async () => {
    await using frontend = await start();
    frontend.upstream.respondWith((response, recorded) => {
      if (userOf(recorded) === 'ben') json(SUCCESS)(response, recorded);
    });
    const stuck = flood(frontend, 'ann', 'a', 50).map((it) => it.catch(() => undefined));
    await untilAuthorized(50);
    expect(await statuses(flood(frontend, 'ben', 'b', 50))).toEqual(Array(50).fill(200));
    expect(frontend.upstream.recorded.filter((it) => userOf(it) === 'ann')).toHaveLength(6);
    await frontend.listener.drain(0);
    await Promise.all(stuck);
  });

  it('is told when a turn does not come in time', async () => {
    await using frontend = await start({ concurrency: { waitMs: 50 } });
    frontend.upstream.respondWith(() => undefined);
    const stuck = flood(frontend, 'ann', 'a', 6).map((it) => it.catch(() => undefined));
    await untilAuthorized(6);
    const [answer] = await Promise.all(flood(frontend, 'ann', 'a&limit=1', 1));
    expect([answer?.status, answer?.headers['retry-after']]).toEqual([429, '2']);
    expect(JSON.parse(answer?.text ?? '')).toMatchObject({
      code: 'limit_concurrency',
      error: expect.stringMatching(/^the query waited 50 ms for its turn/),
    });
    await frontend.listener.drain(0);
    await Promise.all(stuck);
  });
});

describe('a rate', () => {
  const count = async (answers: readonly Promise<Answer>[]): Promise<readonly number[]> => {
    const all = await statuses(answers);
    return [200, 429].map((status) => all.filter((it) => it === status).length);
  };

  it('of a user holds for it alone', async () => {
    await using frontend = await start({ rates: { perUser: 1 } });
    expect(await count(flood(frontend, 'ann', 'a', 1))).toEqual([1, 0]);
    const [answer] = await Promise.all(flood(frontend, 'ann', 's1', 1));
    expect(answer?.headers['retry-after']).toBe('1');
    expect(JSON.parse(answer?.text ?? '')).toMatchObject({
      code: 'limit_rate',
      error: 'the user sends more than 1 requests a second',
    });
    expect(await count(flood(frontend, 'ben', 'b', 1))).toEqual([1, 0]);
    expect(frontend.upstream.recorded).toHaveLength(2);
    await sleep(1_050);
    expect(await count(flood(frontend, 'ann', 'a', 1))).toEqual([1, 0]);
  });

  it('of a set of namespaces holds for all its users together', async () => {
    await using frontend = await start({ rates: { perTenant: 10 } });
    const [taken = 0, refused = 0] = await count([
      ...flood(frontend, 'ann', 'a', 30),
      ...flood(frontend, 'adam', 'a', 30),
    ]);
    expect(taken + refused).toBe(60);
    expect(taken).toBeGreaterThanOrEqual(10);
    expect(refused).toBeGreaterThan(10);
    expect(await count(flood(frontend, 'ben', 'b', 5))).toEqual([5, 0]);
  });

  it('counts what is answered without the upstream', async () => {
    await using frontend = await start({ rates: { perUser: 1 } });
    const ask = (): Promise<Answer> =>
      frontend.ask('/api/v1/status/buildinfo', { headers: { Authorization: 'Bearer ann' } });
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });
});
