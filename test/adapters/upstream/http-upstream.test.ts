import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createHttpUpstream,
  type HttpUpstream,
  MAX_GET_URL_BYTES,
} from '../../../frontend/adapters/upstream/http-upstream.ts';
import { admitHead, admitRequest } from '../../../frontend/http/admit.ts';
import { UpstreamRequest } from '../../../frontend/http/forward.ts';
import { parsePromql, scopeNothing } from '../../../frontend/http/scope-request.ts';
import { eventually } from '../../http/harness/eventually.ts';
import {
  json,
  type RecordingUpstream,
  startUpstream,
  SUCCESS,
} from '../../http/harness/recording-upstream.ts';

const NEVER = new AbortController().signal;

let upstream: RecordingUpstream;
let adapter: HttpUpstream;

beforeEach(async () => {
  upstream = await startUpstream();
  adapter = createHttpUpstream({ url: upstream.url, maxSockets: 4 });
});

afterEach(async () => {
  adapter.close();
  await upstream[Symbol.asyncDispose]();
});

/** A request for a string of a given length, which reads no series. */
function requestOf(length = 1): UpstreamRequest {
  const target = `/api/v1/query?query="${'x'.repeat(length)}"`;
  const head = admitHead({ httpVersion: '1.1', method: 'GET', target, rawHeaders: ['Host', 'h'] });
  const admitted = head.ok ? admitRequest(head.value, '', { tenants: 1 }) : head;
  if (!admitted.ok) throw new TypeError(admitted.rejection.code);
  const promql = parsePromql(admitted.value, {});
  const scoped = promql.ok ? scopeNothing(promql.value) : undefined;
  if (scoped === undefined) throw new TypeError('the query reads nothing');
  return UpstreamRequest.of(admitted.value, scoped);
}

async function send(request = requestOf(), signal = NEVER): Promise<string> {
  const answer = await adapter.send(request, signal);
  return `${answer.status} ${await text(answer.body)}`;
}

describe('createHttpUpstream', () => {
  it('sends to the path of its URL, with or without a slash at the end', async () => {
    for (const path of ['/prometheus', '/prometheus/']) {
      const prefixed = createHttpUpstream({ url: upstream.url + path, maxSockets: 1 });
      await text((await prefixed.send(requestOf(), NEVER)).body);
      prefixed.close();
      expect(upstream.recorded.at(-1)?.path).toBe('/prometheus/api/v1/query');
    }
  });

  it('sends a GET as long as the URL is short, and a form beyond', async () => {
    const fixed = `/api/v1/query?query=%22%22`.length;
    await send(requestOf(MAX_GET_URL_BYTES - fixed));
    expect(upstream.recorded.at(-1)).toMatchObject({ method: 'GET', body: '' });
    expect(upstream.recorded.at(-1)?.search).toHaveLength(MAX_GET_URL_BYTES - '/api/v1/query?'.length); // prettier-ignore
    await send(requestOf(MAX_GET_URL_BYTES - fixed + 1));
    expect(upstream.recorded.at(-1)).toMatchObject({ method: 'POST', search: '' });
  });

  it('follows no redirect', async () => {
    upstream.respondWith((response) => {
      response.writeHead(307, { Location: '/elsewhere' });
      response.end();
    });
    expect(await send()).toBe('307 ');
    expect(upstream.recorded).toHaveLength(1);
  });

  it('keeps its connection, and no more of them than it may', async () => {
    for (let i = 0; i < 5; i += 1) await send();
    expect(upstream.connections()).toBe(1);
    await Promise.all(Array.from({ length: 30 }, () => send()));
    expect(upstream.connections()).toBeLessThanOrEqual(4);
  });

  it.each([
    ['before it is sent', (abort: AbortController) => abort.abort()],
    ['while it waits', (abort: AbortController) => setTimeout(() => abort.abort(), 50)],
  ])('gives up a request that is aborted %s', async (_when, schedule) => {
    upstream.respondWith(() => undefined);
    const abort = new AbortController();
    schedule(abort);
    await expect(send(requestOf(), abort.signal)).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
    await eventually(upstream.open, (count) => count === 0);
  });

  it('breaks the body of an answer that is aborted', async () => {
    upstream.respondWith((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{');
    });
    const abort = new AbortController();
    const answer = await adapter.send(requestOf(), abort.signal);
    setTimeout(() => abort.abort(), 20);
    await expect(text(answer.body)).rejects.toThrow();
    await eventually(upstream.abandoned, (count) => count === 1);
  });

  it('asks once more when an idle connection was closed under it', async () => {
    await send();
    upstream.respondWith((response, recorded) => {
      // The first to come is cut off without an answer, as a closing server does.
      if (upstream.recorded.length === 2) response.destroy();
      else json(SUCCESS)(response, recorded);
    });
    expect(await send()).toBe(`200 ${SUCCESS}`);
    expect(upstream.recorded).toHaveLength(3);
    expect(upstream.connections()).toBe(2);
  });

  it('does not ask again on a connection that was new', async () => {
    upstream.respondWith((response) => {
      response.destroy();
    });
    await expect(send()).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(upstream.recorded).toHaveLength(1);
  });

  it('asks no third time', async () => {
    await send();
    upstream.respondWith((response) => {
      response.destroy();
    });
    await expect(send()).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(upstream.recorded).toHaveLength(3);
  });

  it('is a fault when nobody listens', async () => {
    const unused = net.createServer();
    await new Promise<void>((resolve) => {
      unused.listen(0, '127.0.0.1', resolve);
    });
    const address = unused.address();
    await new Promise((resolve) => {
      unused.close(resolve);
    });
    const port = typeof address === 'object' ? address?.port : undefined;
    const lonely = createHttpUpstream({ url: `http://127.0.0.1:${port ?? 1}`, maxSockets: 1 });
    await expect(lonely.send(requestOf(), NEVER)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      cause: { code: 'ECONNREFUSED' },
    });
  });
});
