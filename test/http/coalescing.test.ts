import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { CoalescingConfig, ConcurrencyConfig } from '../../frontend/config/limits.ts';
import type { Answer } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { accessOf } from './harness/fake-access.ts';
import { type Frontend, startFrontend } from './harness/frontend.ts';
import { DEFAULT_GROUPS } from './harness/limit-groups.ts';
import { connectRaw, getRequest, type RawSocket } from './harness/raw-socket.ts';
import { json, type Recorded, type Responder, SUCCESS } from './harness/recording-upstream.ts';

const QUERY = '/api/v1/query?query=up';
const USERS: Readonly<Record<string, readonly string[]>> = {
  ann: ['a'],
  adam: ['a'],
  ben: ['b'],
  both: ['a', 'b'],
};

interface Started extends AsyncDisposable {
  readonly frontend: Frontend;
  /** How many requests have been authorized so far. */
  readonly authorized: () => number;
}

async function start(
  coalescing: Partial<CoalescingConfig> = {},
  concurrency: Partial<ConcurrencyConfig> = {},
): Promise<Started> {
  let authorized = 0;
  const waitsFor = async (): Promise<void> => {
    authorized += 1;
  };
  const holders = Object.entries(USERS).map(([username, namespaces]) => {
    return [username, { username, namespaces, waitsFor }] as const;
  });
  const frontend = await startFrontend({
    access: accessOf(Object.fromEntries(holders)),
    listener: { maxConnections: 1_000 },
    groups: {
      rates: { perTenant: 0, perUser: 0 },
      concurrency: { ...DEFAULT_GROUPS.concurrency, ...concurrency },
      coalescing: { ...DEFAULT_GROUPS.coalescing, ...coalescing },
    },
  });
  return {
    frontend,
    authorized: () => authorized,
    [Symbol.asyncDispose]: () => frontend[Symbol.asyncDispose](),
  };
}

function asUser(frontend: Frontend, user: string, path: string = QUERY): Promise<Answer> {
  const namespaces = (USERS[user] ?? []).map((it) => `&namespace=${it}`).join('');
  return frontend.ask(path + namespaces, { headers: { Authorization: `Bearer ${user}` } });
}

/** Lets the upstream answer `body` only once it is opened. */
function heldBack(
  frontend: Frontend,
  bodyOf: (recorded: Recorded) => string = () => SUCCESS,
): () => void {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  frontend.upstream.respondWith((response, recorded) => {
    const answer = (): void => {
      json(bodyOf(recorded))(response, recorded);
    };
    if (isOpen) answer();
    else waiting.push(answer);
  });
  return () => {
    isOpen = true;
    for (const answer of waiting) answer();
  };
}

function queryOf({ parameters }: Recorded): string {
  return parameters.find(([name]) => name === 'query')?.[1] ?? '';
}

async function clients(
  count: number,
  frontend: Frontend,
  path: (index: number) => string,
): Promise<readonly RawSocket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => connectRaw(frontend.port)));
  for (const [index, socket] of sockets.entries()) {
    socket.send(getRequest(path(index), 'Authorization: Bearer ann'));
  }
  return sockets;
}

describe('equal queries at the same time', () => {
  it('are asked upstream once: 50 of them', async () => {
    await using started = await start();
    const { frontend } = started;
    const open = heldBack(frontend);
    const answers = Array.from({ length: 50 }, (_, index) =>
      asUser(frontend, index % 2 === 0 ? 'ann' : 'adam'),
    );
    await eventually(started.authorized, (count) => count === 50);
    await sleep(50);
    open();
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ status: 200, text: SUCCESS, isWhole: true });
    }
    expect(frontend.upstream.recorded).toHaveLength(1);
    await asUser(frontend, 'ann');
    expect(frontend.upstream.recorded).toHaveLength(2);
  });

  it('share a refusal too', async () => {
    await using started = await start();
    const { frontend } = started;
    const error = JSON.stringify({ status: 'error', errorType: 'execution', error: 'x' });
    frontend.upstream.respondWith((response, recorded) => {
      setTimeout(() => {
        json(error, 422)(response, recorded);
      }, 300);
    });
    const answers = await Promise.all([1, 2, 3].map(() => asUser(frontend, 'ann')));
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(3);
    expect(frontend.upstream.recorded).toHaveLength(1);
  });

  it('never reach whom they are not for', async () => {
    await using started = await start({ cacheTtlMs: 60_000 });
    const { frontend } = started;
    const open = heldBack(frontend, (recorded) =>
      JSON.stringify({ status: 'success', data: queryOf(recorded) }),
    );
    const users = Object.keys(USERS);
    const expected: Readonly<Record<string, string>> = {
      ann: 'up{namespace="a"}',
      adam: 'up{namespace="a"}',
      ben: 'up{namespace="b"}',
      both: 'up{namespace=~"a|b"}',
    };
    const round = (): readonly Promise<void>[] =>
      Array.from({ length: 40 }, async (_, index) => {
        const user = users[index % users.length] ?? '';
        const answer = await asUser(frontend, user);
        expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: expected[user] });
      });
    const first = round();
    await eventually(started.authorized, (count) => count === 40);
    await sleep(50);
    open();
    await Promise.all(first);
    expect(frontend.upstream.recorded).toHaveLength(3);
    await Promise.all(round());
    // One for each set of namespaces, and the rest from the cache.
    expect(frontend.upstream.recorded).toHaveLength(3);
  });

  it('are not shared by whoever asks in another caller’s words', async () => {
    await using started = await start({ cacheTtlMs: 60_000 });
    const { frontend } = started;
    frontend.upstream.respondWith((response, recorded) => {
      json(JSON.stringify({ status: 'success', data: queryOf(recorded) }))(response, recorded);
    });
    const own = await asUser(frontend, 'ann');
    const foreign = await asUser(
      frontend,
      'ben',
      `/api/v1/query?query=${encodeURIComponent('up{namespace="a"}')}`,
    );
    expect(JSON.parse(own.text)).toMatchObject({ data: 'up{namespace="a"}' });
    expect(JSON.parse(foreign.text)).toMatchObject({ data: 'up{namespace="a",namespace="b"}' });
  });

  it('break off for everybody when the upstream does', async () => {
    await using started = await start();
    const { frontend } = started;
    frontend.upstream.respondWith((response) => {
      setTimeout(() => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('{"status":"success","data":[');
        setTimeout(() => response.destroy(), 100);
      }, 300);
    });
    const answers = await Promise.allSettled([1, 2, 3].map(() => asUser(frontend, 'ann')));
    for (const answer of answers) {
      if (answer.status === 'fulfilled') expect(answer.value.isWhole).toBe(false);
    }
    expect(frontend.upstream.recorded).toHaveLength(1);
  });

  it('do not wait for one that does not read', async () => {
    await using started = await start({ bufferBytes: 262_144 });
    const { frontend } = started;
    const text = `{"status":"success","data":["${'x'.repeat(15_000_000)}"]}`;
    const open = heldBack(frontend, () => text);
    using slow = await connectRaw(frontend.port);
    slow.socket.pause();
    slow.send(getRequest(`${QUERY}&namespace=a`, 'Authorization: Bearer ann'));
    const fast = [1, 2, 3].map(() => asUser(frontend, 'ann'));
    await eventually(started.authorized, (count) => count === 4);
    await sleep(50);
    open();
    for (const answer of await Promise.all(fast)) {
      expect([answer.isWhole, answer.text.length]).toEqual([true, text.length]);
    }
    expect(frontend.upstream.recorded).toHaveLength(1);
    slow.socket.resume();
    expect((await slow.end()).endsWith('0\r\n\r\n')).toBe(false);
    await eventually(
      () => frontend.finished.map(({ decision }) => decision).toSorted(),
      (decisions) => decisions.join() === 'answered,answered,answered,broken_off',
    );
  }, 30_000);

  it('go on when some of their clients leave', async () => {
    await using started = await start();
    const { frontend } = started;
    const open = heldBack(frontend);
    const leaving = await clients(10, frontend, () => `${QUERY}&namespace=a`);
    const staying = asUser(frontend, 'adam');
    await eventually(started.authorized, (count) => count === 11);
    for (const { socket } of leaving) socket.destroy();
    await eventually(
      () => frontend.finished.length,
      (count) => count === 10,
    );
    open();
    expect(await staying).toMatchObject({ status: 200, text: SUCCESS });
    expect([frontend.upstream.recorded.length, frontend.upstream.abandoned()]).toEqual([1, 0]);
  });
});

describe('200 clients that leave', () => {
  const WITHIN_MS = 10_000;

  const DIFFERENT = (index: number): string => `${QUERY}&namespace=a&time=${index}`;
  const EQUAL = (): string => `${QUERY}&namespace=a`;

  /** 200 clients ask, wait until `isThere`, and go. Nothing of them must stay. */
  async function leaveAll(
    path: (index: number) => string,
    answer: Responder,
    isThere: (frontend: Frontend, sockets: readonly RawSocket[]) => boolean,
  ): Promise<void> {
    await using started = await start({}, { perTenant: 40, perUser: 40 });
    const { frontend } = started;
    const { upstream } = frontend;
    upstream.respondWith(answer);
    const sockets = await clients(200, frontend, path);
    await eventually(() => started.authorized() === 200 && isThere(frontend, sockets), Boolean);
    for (const { socket } of sockets) socket.destroy();
    await eventually(
      () => [frontend.finished.length, upstream.recorded.length - upstream.abandoned()],
      ([finished, left]) => finished === 200 && left === 0,
      WITHIN_MS,
    );
    upstream.respondWith(json(SUCCESS));
    expect(await asUser(frontend, 'ann')).toMatchObject({ status: 200, text: SUCCESS });
    expect(frontend.log.filter(({ event }) => event === 'defect')).toEqual([]);
  }

  it.each([
    ['different', DIFFERENT, 40],
    ['equal', EQUAL, 1],
  ])(
    'before the headers of %s queries leave nothing upstream',
    async (_what, path, running) => {
      await leaveAll(
        path,
        () => undefined,
        ({ upstream }) => upstream.recorded.length === running,
      );
    },
    30_000,
  );

  it.each([
    ['different', DIFFERENT, 40],
    ['equal', EQUAL, 200],
  ])(
    'in the middle of %s answers leave nothing upstream',
    async (_what, path, answering) => {
      const half: Responder = (response) => {
        setTimeout(() => {
          response.writeHead(200, { 'Content-Type': 'application/json' });
          response.write(`{"status":"success","data":["${'x'.repeat(100_000)}`);
        }, 1_000);
      };
      await leaveAll(path, half, (_frontend, sockets) => {
        const begun = sockets.filter((socket) => socket.received().includes('"success"'));
        return begun.length >= answering;
      });
    },
    30_000,
  );
});
