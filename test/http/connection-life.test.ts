import diagnostics from 'node:diagnostics_channel';
import http from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { FinishedRequest } from '../../frontend/http/telemetry.ts';
import { eventually } from './harness/eventually.ts';
import { accessOf } from './harness/fake-access.ts';
import { type Frontend, READER, startFrontend } from './harness/frontend.ts';
import { NOTHING_SHARED } from './harness/limit-groups.ts';
import { connectRaw, exchangeRaw, getRequest } from './harness/raw-socket.ts';
import { json, SUCCESS } from './harness/recording-upstream.ts';

const QUERY = '/api/v1/query?namespace=team-a&query=up';
const TOKEN = `Authorization: Bearer ${READER}`;

function last(frontend: Frontend): FinishedRequest | undefined {
  return frontend.finished.at(-1);
}

/** A promise, and what fulfils it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe('a client that leaves', () => {
  it('before the answer began ends the request upstream', async () => {
    await using frontend = await startFrontend();
    frontend.upstream.respondWith(() => undefined);
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await eventually(
      () => frontend.upstream.recorded.length,
      (count) => count === 1,
    );
    raw.socket.destroy();
    await eventually(frontend.upstream.abandoned, (count) => count === 1);
    await eventually(
      () => last(frontend),
      (it) => it?.decision === 'client_gone' && it.status === 499,
    );
    expect(frontend.log.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('in the middle of an answer ends the request upstream', async () => {
    await using frontend = await startFrontend();
    frontend.upstream.respondWith((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"status":"success","data":[');
    });
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await raw.until(/"data":\[/);
    raw.socket.resetAndDestroy();
    await eventually(frontend.upstream.abandoned, (count) => count === 1);
    await eventually(
      () => last(frontend),
      (it) => it?.decision === 'client_gone' && it.status === 200,
    );
  });

  it('with several pipelined requests ends them all', async () => {
    await using frontend = await startFrontend({ groups: NOTHING_SHARED });
    frontend.upstream.respondWith(() => undefined);
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN).repeat(4));
    await eventually(
      () => frontend.upstream.recorded.length,
      (count) => count === 4,
    );
    raw.socket.destroy();
    await eventually(frontend.upstream.abandoned, (count) => count === 4);
    await eventually(
      () => frontend.finished.length,
      (count) => count === 4,
    );
  });

  it('while its rights are reviewed is not asked for upstream', async () => {
    const asked = gate();
    const review = gate();
    const waitsFor = (): Promise<void> => {
      asked.open();
      return review.opened;
    };
    await using frontend = await startFrontend({
      access: accessOf({ [READER]: { username: 'jane', namespaces: ['team-a'], waitsFor } }),
    });
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await asked.opened;
    raw.socket.destroy();
    await sleep(50);
    review.open();
    await eventually(
      () => last(frontend),
      (it) => it?.decision === 'client_gone',
    );
    expect(frontend.upstream.recorded).toEqual([]);
    expect(frontend.upstream.connections()).toBe(0);
  });

  it('in the middle of its body leaves nothing behind', async () => {
    await using frontend = await startFrontend();
    using raw = await connectRaw(frontend.port);
    raw.send(
      `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\nContent-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na`,
    );
    await sleep(50);
    raw.socket.destroy();
    await eventually(
      () => last(frontend),
      (it) => it?.decision === 'client_gone',
    );
    expect(frontend.upstream.recorded).toEqual([]);
    expect(frontend.log.filter(({ event }) => event === 'defect')).toEqual([]);
  });

  it('in a storm leaves no request upstream open', async () => {
    await using frontend = await startFrontend({ groups: NOTHING_SHARED });
    frontend.upstream.respondWith((response, recorded) => {
      setTimeout(() => {
        json(SUCCESS)(response, recorded);
      }, 2_000);
    });
    const clients = await Promise.all(Array.from({ length: 40 }, () => connectRaw(frontend.port)));
    for (const client of clients) client.send(getRequest(QUERY, TOKEN));
    await eventually(
      () => frontend.upstream.recorded.length,
      (count) => count === 40,
    );
    for (const client of clients) client.socket.destroy();
    await eventually(frontend.upstream.abandoned, (count) => count === 40);
    await eventually(
      () => frontend.finished.length,
      (count) => count === 40,
    );
    frontend.upstream.respondWith(json(SUCCESS));
    expect(await frontend.ask(QUERY)).toMatchObject({ status: 200 });
  });
});

describe('time', () => {
  it('runs also while rights are reviewed', async () => {
    await using frontend = await startFrontend({
      deadlineMs: 50,
      access: accessOf({
        [READER]: { username: 'jane', namespaces: ['team-a'], waitsFor: () => sleep(150) },
      }),
    });
    const answer = await frontend.ask(QUERY);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'upstream_timeout' });
    expect(frontend.upstream.recorded).toEqual([]);
  });

  it('cuts off a client that reads too slowly', async () => {
    await using frontend = await startFrontend({ deadlineMs: 1_500 });
    const megabyte = `"${'x'.repeat(1_000_000)}"`;
    const body = Buffer.from(`{"status":"success","data":[${Array(30).fill(megabyte).join()}]}`);
    frontend.upstream.respondWith((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(body);
    });
    using raw = await connectRaw(frontend.port);
    raw.socket.pause();
    raw.send(getRequest(QUERY, TOKEN));
    await eventually(
      () => last(frontend),
      (it) => it?.decision === 'broken_off',
    );
    expect(frontend.log.at(-2)).toMatchObject({
      event: 'broken_off',
      fields: { reason: 'deadline' },
    });
    raw.socket.resume();
    expect(await raw.end()).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it('that an answer needs is not cut by the deadline of one before', async () => {
    await using frontend = await startFrontend({ deadlineMs: 300 });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 4; i += 1) {
      expect(await frontend.ask(QUERY, { agent })).toMatchObject({ status: 200, isWhole: true });
      await sleep(120);
    }
    agent.destroy();
  });
});

describe('a verdict that cannot be had', () => {
  it('is 503 with Retry-After, and nothing is sent upstream', async () => {
    const fails = { code: 'access_review_unavailable', retryAfterSeconds: 7 } as const;
    await using frontend = await startFrontend({
      access: accessOf({ [READER]: { username: 'jane', fails } }),
    });
    const answer = await frontend.ask(QUERY);
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
    expect(JSON.parse(answer.text)).toMatchObject({ code: fails.code, errorType: 'unavailable' });
    expect(frontend.upstream.recorded).toEqual([]);
  });

  it('for a reason of our own is 500 without a word of it', async () => {
    const throws = new TypeError(`cannot read ${READER}`);
    await using frontend = await startFrontend({
      access: accessOf({ [READER]: { username: 'jane', throws } }),
    });
    const answer = await frontend.ask(QUERY);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'internal', errorType: 'internal' });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('cannot read');
    expect(frontend.upstream.recorded).toEqual([]);
    expect(frontend.log[0]).toMatchObject({
      level: 'error',
      event: 'defect',
      fields: { error: throws },
    });
    expect(await frontend.ask('/nowhere')).toMatchObject({ status: 404 });
  });
});

describe('connections', () => {
  it('are kept, in front and behind, through answers and errors', async () => {
    await using frontend = await startFrontend();
    const sockets: Socket[] = [];
    const note = (message: unknown): void => {
      sockets.push((message as { readonly socket: Socket }).socket);
    };
    diagnostics.subscribe('net.server.socket', note);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 30; i += 1) {
      const path = [QUERY, '/nowhere', `${QUERY}&query=x`, `${QUERY}&namespace=victim`][i % 4];
      const answer = await frontend.ask(path ?? '', { agent });
      ports.add(answer.localPort);
    }
    diagnostics.unsubscribe('net.server.socket', note);
    expect(ports.size).toBe(1);
    expect(frontend.upstream.connections()).toBe(1);
    // One in front, one behind, and neither gathers listeners.
    expect(sockets).toHaveLength(2);
    const counts = sockets.flatMap((it) => it.eventNames().map((name) => it.listenerCount(name)));
    expect(Math.max(...counts)).toBeLessThan(5);
    agent.destroy();
  });

  it.each([
    ['names no token', getRequest(QUERY), '401'],
    ['holds a token of nobody', getRequest(QUERY, 'Authorization: Bearer nobody'), '401'],
    ['asks for nothing there is', getRequest('/nowhere', TOKEN), '404'],
    ['has a wrong method', getRequest(QUERY, TOKEN).replace('GET', 'PUT'), '405'],
    ['holds a malformed parameter', getRequest(`${QUERY}&x=%zz`, TOKEN), '400'],
  ])('end where the first request %s', async (_what, bytes, status) => {
    await using frontend = await startFrontend();
    const received = await exchangeRaw(frontend.port, bytes);
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*^Connection: close\r$`, 'm'));
  });

  it('of strangers hold no places, and that of a caller stays', async () => {
    await using frontend = await startFrontend({ listener: { maxConnections: 250 } });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const first = await frontend.ask(QUERY, { agent });
    const strangers = await Promise.all(
      Array.from({ length: 200 }, () => connectRaw(frontend.port, { allowHalfOpen: true })),
    );
    for (const stranger of strangers) stranger.send(getRequest(QUERY));
    await Promise.all(strangers.map((it) => it.until(/token_missing/)));
    // Their clients keep their half open, and 200 more find places all the same.
    await sleep(200);
    await Promise.all(strangers.map(() => exchangeRaw(frontend.port, getRequest(QUERY))));
    expect(frontend.drops()).toBe(0);
    const second = await frontend.ask(QUERY, { agent });
    expect(second).toMatchObject({ status: 200, localPort: first.localPort });
    for (const stranger of strangers) stranger[Symbol.dispose]();
    agent.destroy();
  });

  it('that send no request in time are answered 408, however long headers may take', async () => {
    await using frontend = await startFrontend({
      listener: { headersTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
    });
    using raw = await connectRaw(frontend.port);
    raw.send('GET / HT');
    expect(await raw.end()).toMatch(/request_timeout/);
  }, 15_000);

  it('that are too many are counted, and the log says so once', async () => {
    await using frontend = await startFrontend({ listener: { maxConnections: 1 } });
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await raw.until(/"success"/);
    for (let i = 0; i < 3; i += 1) {
      expect(await exchangeRaw(frontend.port, getRequest(QUERY, TOKEN))).toBe('');
    }
    expect(frontend.drops()).toBe(3);
    const lines = frontend.log.filter(({ event }) => event === 'connections_dropped');
    expect(lines).toMatchObject([{ level: 'warn', fields: { dropped: 1, maxConnections: 1 } }]);
  });

  it('behind are not kept after an answer that was thrown away', async () => {
    await using frontend = await startFrontend();
    frontend.upstream.respondWith((response) => {
      response.writeHead(404, { 'Content-Type': 'application/json' });
      response.write('{"secret":');
    });
    expect(await frontend.ask(QUERY)).toMatchObject({ status: 502 });
    await eventually(frontend.upstream.open, (count) => count === 0);
    frontend.upstream.respondWith(json(SUCCESS));
    expect(await frontend.ask(QUERY)).toMatchObject({ text: SUCCESS });
  });
});

describe('a drain', () => {
  it('lets requests under way finish, and then closes their connections', async () => {
    await using frontend = await startFrontend();
    const gateway = gate();
    frontend.upstream.respondWith((response, recorded) => {
      void gateway.opened.then(() => {
        json(SUCCESS)(response, recorded);
      });
    });
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await eventually(
      () => frontend.upstream.recorded.length,
      (count) => count === 1,
    );
    const startedMs = performance.now();
    const drained = frontend.listener.drain(20_000);
    await sleep(50);
    await expect(connectRaw(frontend.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    gateway.open();
    const received = await raw.end();
    await drained;
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).toMatch(/\r\n0\r\n\r\n$/);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('closes idle connections at once', async () => {
    await using frontend = await startFrontend();
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await raw.until(/"success"/);
    const startedMs = performance.now();
    await Promise.all([raw.end(), frontend.listener.drain(20_000)]);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('tells a client that sends another request to go elsewhere after it', async () => {
    await using frontend = await startFrontend();
    const gateway = gate();
    frontend.upstream.respondWith((response, recorded) => {
      void gateway.opened.then(() => {
        json(SUCCESS)(response, recorded);
      });
    });
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await eventually(
      () => frontend.upstream.recorded.length,
      (count) => count === 1,
    );
    const drained = frontend.listener.drain(20_000);
    raw.send(getRequest('/nowhere', TOKEN));
    await sleep(50);
    gateway.open();
    const received = await raw.end();
    await drained;
    expect(received).toMatch(/Connection: close[\s\S]*route_unknown/);
  });

  it('breaks off what is not finished in time', async () => {
    await using frontend = await startFrontend();
    frontend.upstream.respondWith(() => undefined);
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await eventually(
      () => frontend.upstream.recorded.length,
      (count) => count === 1,
    );
    await frontend.listener.drain(50);
    expect(await raw.end()).toBe('');
    await eventually(frontend.upstream.abandoned, (count) => count === 1);
  });
});
