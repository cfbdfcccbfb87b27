import https from 'node:https';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CallerConnections } from '../../frontend/http/caller-connections.ts';
import { tempFolder } from '../adapters/temp-folder.ts';
import { selfSignedCertificate } from '../support/self-signed.ts';
import type { Answer } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { type Frontend, READER, ROBOT, startFrontend } from './harness/frontend.ts';
import { connectRaw, getRequest, type RawSocket } from './harness/raw-socket.ts';
import { json, SUCCESS } from './harness/recording-upstream.ts';

const QUERY = '/api/v1/query?namespace=team-a&query=up';
const JANE = `Authorization: Bearer ${READER}`;
const GRAFANA = `Authorization: Bearer ${ROBOT}`;

describe('CallerConnections', () => {
  let busy: Set<Socket>;
  let callers: CallerConnections;
  const sockets = (count: number): readonly Socket[] =>
    Array.from({ length: count }, () => new Socket());
  const take = (socket: Socket | undefined, caller: string): boolean =>
    socket !== undefined && callers.take(socket, caller).ok;

  beforeEach(() => {
    busy = new Set();
    callers = new CallerConnections(2, (socket) => !busy.has(socket));
  });

  it('gives each caller their own number, whoever else there is', () => {
    const [a, b, c, d, e] = sockets(5);
    busy = new Set([a, b, c, d, e].filter((it) => it !== undefined));
    expect([take(a, 'jane'), take(b, 'jane'), take(c, 'jane')]).toEqual([true, true, false]);
    expect([take(c, 'joe'), take(d, 'joe'), take(e, 'joe')]).toEqual([true, true, false]);
    expect([take(a, 'jane'), take(b, 'jane')]).toEqual([true, true]);
  });

  it('says what the limit is', () => {
    const [a, b, c] = sockets(3);
    busy = new Set([a, b, c].filter((it) => it !== undefined));
    take(a, 'jane');
    take(b, 'jane');
    expect(c && callers.take(c, 'jane')).toEqual({
      ok: false,
      rejection: { code: 'limit_connections', limit: 2, retryAfterSeconds: 1 },
    });
  });

  it('has the connection that is idle longest give way', async () => {
    const [a, b, c] = sockets(3);
    take(a, 'jane');
    take(b, 'jane');
    take(a, 'jane');
    expect(take(c, 'jane')).toBe(true);
    await eventually(
      () => b?.destroyed,
      (it) => it === true,
    );
    expect(a?.destroyed).toBe(false);
  });

  it('counts a connection for the caller of its latest request', () => {
    const [a, b, c] = sockets(3);
    busy = new Set([a, b, c].filter((it) => it !== undefined));
    take(a, 'jane');
    take(b, 'jane');
    take(b, 'joe');
    expect(take(c, 'jane')).toBe(true);
    expect(take(b, 'jane')).toBe(false);
    expect(take(b, 'joe')).toBe(true);
  });

  it('forgets connections that are closed, also before they were noted', async () => {
    const [a, b, c, d] = sockets(4);
    busy = new Set([a, b, c, d].filter((it) => it !== undefined));
    a?.destroy();
    for (const socket of [a, b, c]) expect(take(socket, 'jane')).toBe(true);
    expect(take(d, 'jane')).toBe(false);
    b?.destroy();
    await eventually(
      () => take(d, 'jane'),
      (it) => it,
    );
  });
});

describe('a caller with many connections', () => {
  let frontend: Frontend;
  let open: RawSocket[];

  beforeEach(async () => {
    open = [];
    frontend = await startFrontend({
      listener: { maxConnections: 20, maxConnectionsPerCaller: 3 },
    });
  });

  afterEach(async () => {
    for (const raw of open) raw[Symbol.dispose]();
    await frontend[Symbol.asyncDispose]();
  });

  async function connect(): Promise<RawSocket> {
    const raw = await connectRaw(frontend.port);
    open.push(raw);
    return raw;
  }

  async function askOn(raw: RawSocket, who: string): Promise<string> {
    const before = raw.received().length;
    raw.send(getRequest(QUERY, who));
    const received = await raw.until(
      new RegExp(`^[^]{${before}}HTTP/1.1 \\d+[^]*}\\s*(?:0\\s*)?$`),
    );
    return /HTTP\/1\.1 (\d+)/.exec(received.slice(before))?.[1] ?? 'none';
  }

  it('keeps no more than theirs, and everybody else finds a place', async () => {
    const mine: RawSocket[] = [];
    for (let i = 0; i < 10; i += 1) {
      const raw = await connect();
      mine.push(raw);
      expect(await askOn(raw, JANE)).toBe('200');
    }
    await eventually(
      () => mine.filter(({ socket }) => !socket.closed && !socket.readableEnded).length,
      (count) => count === 3,
    );
    expect(mine.slice(-3).every(({ socket }) => !socket.readableEnded)).toBe(true);
    const theirs = await connect();
    expect(await askOn(theirs, GRAFANA)).toBe('200');
    expect(frontend.drops()).toBe(0);
  });

  it('is answered 429, and the connection closed, while all of theirs are busy', async () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    frontend.upstream.respondWith((response, recorded) => {
      void promise.then(() => {
        json(SUCCESS)(response, recorded);
      });
    });
    const mine = [await connect(), await connect(), await connect()];
    for (const raw of mine) raw.send(getRequest(QUERY, JANE));
    // Equal queries share one question upstream, so all but the first wait here.
    await eventually(
      () => frontend.upstream.recorded.length,
      (count) => count > 0,
    );
    const extra = await connect();
    extra.send(getRequest(QUERY, JANE));
    const refused = await extra.end();
    expect(refused).toMatch(/^HTTP\/1\.1 429 /);
    expect(refused).toMatch(/limit_connections/);
    expect(refused).toMatch(/^Connection: close\r$/m);
    expect(refused).toMatch(/^Retry-After: 1\r$/m);
    const others = await connect();
    others.send(getRequest(QUERY, GRAFANA));
    release();
    expect(await others.until(/"success"/)).toMatch(/^HTTP\/1\.1 200 /);
    for (const raw of mine) await raw.until(/"success"/);
    expect(await askOn(await connect(), JANE)).toBe('200');
  });

  it('keeps no more than theirs over TLS', async () => {
    await using folder = await tempFolder();
    const { certPem: ca, keyPem } = selfSignedCertificate(['127.0.0.1']);
    const certFile = await folder.write('tls.crt', ca);
    const keyFile = await folder.write('tls.key', keyPem);
    await using secured = await startFrontend({
      listener: { maxConnectionsPerCaller: 2, tls: { certFile, keyFile } },
    });
    const agents = Array.from({ length: 5 }, () => new https.Agent({ keepAlive: true, ca }));
    const askBy = (agent: https.Agent): Promise<Answer> => secured.ask(QUERY, { agent });
    const ports: unknown[] = [];
    for (const agent of agents) ports.push((await askBy(agent)).localPort);
    await eventually(
      () => agents.filter((agent) => Object.keys(agent.freeSockets).length > 0).length,
      (count) => count === 2,
    );
    const last = agents.at(-1);
    expect(last && (await askBy(last))).toMatchObject({ status: 200, localPort: ports.at(-1) });
    for (const agent of agents) agent.destroy();
  });

  it('shares those of a proxy with other callers', async () => {
    const pool = [await connect(), await connect(), await connect(), await connect()];
    for (let round = 0; round < 3; round += 1) {
      for (const raw of pool.slice(0, 3)) expect(await askOn(raw, JANE)).toBe('200');
      for (const raw of pool.slice(1)) expect(await askOn(raw, GRAFANA)).toBe('200');
    }
    expect(pool.every(({ socket }) => !socket.readableEnded)).toBe(true);
  });
});
