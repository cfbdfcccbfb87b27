import { describe, expect, it } from '@jest/globals';
import { REREAD_AFTER_MS } from '../../../frontend/adapters/files/reread-file.ts';
import { ApiClient, MAX_ANSWER_BYTES } from '../../../frontend/adapters/kubernetes/api-client.ts';
import { Fault } from '../../../frontend/fault.ts';
import { FakeClock } from '../../access/fakes.ts';
import { selfSignedCertificate } from '../../support/self-signed.ts';
import { startFakeApiServer } from './fake-api-server.ts';

async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Fault) return error;
  throw new TypeError('expected a fault', { cause: error });
}

describe('ApiClient', () => {
  it('sends JSON with its own token, and returns the answer', async () => {
    await using server = await startFakeApiServer(() => ({ status: 201, body: { b: 2 } }));
    expect(await server.client.post('/some/path', { a: 1 })).toEqual({ b: 2 });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/some/path',
        authorization: 'Bearer own-token',
        headers: { 'content-type': 'application/json' },
        body: { a: 1 },
      },
    ]);
  });

  it('names the media type of the key set, without which the API server answers 406', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    await server.client.get('/openid/v1/jwks');
    expect(server.requests[0]?.headers.accept?.split(', ')).toContain('application/jwk-set+json');
  });

  it('keeps the path of its URL in front', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    const { caFile, tokenFile, clock } = server;
    const url = `${server.url}/clusters/one/`;
    const client = new ApiClient({ url, caFile, tokenFile, clock, timeoutMs: 500, maxSockets: 1 });
    await client.get('/openid/v1/jwks');
    client.stop();
    expect(server.requests.map(({ path }) => path)).toEqual(['/clusters/one/openid/v1/jwks']);
  });

  it('keeps its connection', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    for (let turn = 0; turn < 5; turn += 1) await server.client.get('/');
    expect(server.connections()).toBe(1);
  });

  it('asks again when a kept connection was closed under it', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    await server.client.get('/');
    let isFirst = true;
    server.answer((_request, response) => {
      if (!isFirst) return { body: 'true' };
      isFirst = false;
      response.socket?.destroy();
      return undefined;
    });
    expect(await server.client.get('/')).toBe(true);
  });

  it('shows a rotated token within the minute', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    await server.client.get('/');
    await server.folder.write('token', 'next-token');
    server.clock.advance(REREAD_AFTER_MS);
    await server.client.get('/');
    expect(REREAD_AFTER_MS).toBeLessThanOrEqual(60_000);
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer own-token',
      'Bearer next-token',
    ]);
  });

  it('reads its token again at once when it was refused', async () => {
    await using server = await startFakeApiServer(({ authorization }) =>
      authorization === 'Bearer next-token' ? { body: 'true' } : { status: 401 },
    );
    await server.folder.write('token', 'old-token');
    expect((await faultOf(server.client.get('/'))).code).toBe('api_server_refused');
    await server.folder.write('token', 'next-token');
    expect(await server.client.get('/')).toBe(true);
  });

  it('trusts a rotated authority within the minute, and the old one no longer', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    await server.client.get('/');
    const next = selfSignedCertificate(['127.0.0.1']);
    server.replaceCertificate(next);
    expect((await faultOf(server.client.get('/'))).code).toBe('api_server_unreachable');
    await server.folder.write('ca.crt', next.certPem);
    server.clock.advance(REREAD_AFTER_MS);
    await server.client.get('/');
    expect(server.requests).toHaveLength(2);
  });

  it('refuses a server that another authority vouches for', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    const caFile = await server.folder.write(
      'other.crt',
      selfSignedCertificate(['127.0.0.1']).certPem,
    );
    const { url, tokenFile, clock } = server;
    const client = new ApiClient({ url, caFile, tokenFile, clock, timeoutMs: 500, maxSockets: 1 });
    expect((await faultOf(client.get('/'))).code).toBe('api_server_unreachable');
    client.stop();
    expect(server.requests).toHaveLength(0);
  });

  it('refuses a certificate for another name', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    const other = selfSignedCertificate(['example.test']);
    server.replaceCertificate(other);
    await server.folder.write('ca.crt', other.certPem);
    expect((await faultOf(server.client.get('/'))).code).toBe('api_server_unreachable');
    expect(server.requests).toHaveLength(0);
  });

  it.each(['http://127.0.0.1:1', 'ftp://x', 'nonsense'])('speaks https only: %s', (url) => {
    const options = { caFile: 'c', tokenFile: 't', timeoutMs: 1, maxSockets: 1 };
    expect(() => new ApiClient({ url, ...options, clock: new FakeClock() })).toThrow(Fault);
  });
});

describe('a call without an answer', () => {
  it.each<[number, string, boolean]>([
    [301, 'api_server_failed', false],
    [400, 'api_server_failed', false],
    [401, 'api_server_refused', false],
    [403, 'api_server_refused', false],
    [500, 'api_server_failed', true],
    [503, 'api_server_failed', true],
  ])('is a fault for status %d', async (status, code, retryable) => {
    await using server = await startFakeApiServer(() => ({ status, body: { token: 'secret' } }));
    const fault = await faultOf(server.client.get('/'));
    expect(fault).toMatchObject({ code, retryable, retryAfterMs: undefined });
    expect(fault.message).not.toContain('secret');
  });

  it.each<[string | undefined, number]>([
    ['2', 2_000],
    ['0', 0],
    [undefined, 1_000],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 1_000],
    ['-5', 1_000],
  ])('carries Retry-After of a 429: %s', async (retryAfter, retryAfterMs) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    await using server = await startFakeApiServer(() => ({ status: 429, headers, body: {} }));
    expect(await faultOf(server.client.get('/'))).toMatchObject({
      code: 'api_server_throttled',
      retryable: true,
      retryAfterMs,
    });
  });

  it('follows no redirect', async () => {
    await using server = await startFakeApiServer(() => ({
      status: 307,
      headers: { location: '/elsewhere' },
    }));
    await faultOf(server.client.post('/', {}));
    expect(server.requests).toHaveLength(1);
  });

  it('ends when its time is over before the headers', async () => {
    await using server = await startFakeApiServer(() => undefined);
    expect((await faultOf(server.client.get('/'))).code).toBe('api_server_timeout');
  });

  it('ends when its time is over within the body', async () => {
    await using server = await startFakeApiServer((_request, response) => {
      response.writeHead(200);
      response.write('{');
      return undefined;
    });
    expect((await faultOf(server.client.get('/'))).code).toBe('api_server_timeout');
  });

  it('ends when the answer breaks off', async () => {
    await using server = await startFakeApiServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.socket?.destroy());
      return undefined;
    });
    expect((await faultOf(server.client.get('/'))).code).toBe('api_server_unreachable');
  });

  it('ends when the answer is longer than anything sensible', async () => {
    await using server = await startFakeApiServer(() => ({
      body: '1'.repeat(MAX_ANSWER_BYTES + 1),
    }));
    expect((await faultOf(server.client.get('/'))).code).toBe('api_server_answer_too_large');
  });

  it('does not quote an answer that is not JSON', async () => {
    await using server = await startFakeApiServer(() => ({ body: 'secret' }));
    const fault = await faultOf(server.client.get('/'));
    expect(fault.code).toBe('api_server_answer_malformed');
    expect(String(fault.cause) + fault.message).not.toContain('secret');
  });

  it('ends when nobody listens', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    const { caFile, tokenFile, clock } = server;
    const options = { caFile, tokenFile, clock, timeoutMs: 500, maxSockets: 1 };
    const client = new ApiClient({ url: 'https://127.0.0.1:1', ...options });
    expect(await faultOf(client.get('/'))).toMatchObject({
      code: 'api_server_unreachable',
      retryable: true,
    });
    client.stop();
  });

  it('ends when the token file is missing', async () => {
    await using server = await startFakeApiServer(() => ({ body: {} }));
    const { url, caFile, clock } = server;
    const tokenFile = `${server.folder.path}/absent`;
    const client = new ApiClient({ url, caFile, tokenFile, clock, timeoutMs: 500, maxSockets: 1 });
    expect((await faultOf(client.get('/'))).code).toBe('file_unreadable');
    client.stop();
  });
});
