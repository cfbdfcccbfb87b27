import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LINGER_BYTES } from '../../frontend/http/linger.ts';
import { tempFolder } from '../adapters/temp-folder.ts';
import { selfSignedCertificate } from '../support/self-signed.ts';
import { ask } from './harness/ask.ts';
import { type Frontend, READER, startFrontend } from './harness/frontend.ts';
import { connectRaw, getRequest } from './harness/raw-socket.ts';
import { json, SUCCESS } from './harness/recording-upstream.ts';

const QUERY = '/api/v1/query?namespace=team-a&query=up';
const TOKEN = `Authorization: Bearer ${READER}`;
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const FIVE_MEGABYTES = 'x'.repeat(5_000_000);
const TIMES = 20;

const headers = {
  Authorization: `Bearer ${READER}`,
  'Content-Type': 'application/x-www-form-urlencoded',
};

function postRequest(length: string, ...more: readonly string[]): string {
  return `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${[...more, FORM, length].join('\r\n')}\r\n\r\n`;
}

function statusOf(received: string): string {
  return /^HTTP\/1\.1 (\d+) /.exec(received)?.[1] ?? 'none';
}

async function repeat(attempt: () => Promise<unknown>): Promise<readonly unknown[]> {
  const outcomes: unknown[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    outcomes.push(await attempt().catch((error: unknown) => error));
  }
  return outcomes;
}

describe('a client whose body is too large', () => {
  let frontend: Frontend;

  beforeAll(async () => {
    frontend = await startFrontend();
  });

  afterAll(async () => {
    await frontend[Symbol.asyncDispose]();
  });

  it.each([
    ['413 with its length known', 413, headers],
    ['413 in chunks', 413, { ...headers, 'Transfer-Encoding': 'chunked' }],
    ['401 without a token', 401, { 'Content-Type': headers['Content-Type'] }],
    ['415 of another type', 415, { ...headers, 'Content-Type': 'text/plain' }],
  ])('always sees its answer: %s, by node:http', async (_what, status, sent) => {
    const question = { method: 'POST', headers: sent, body: FIVE_MEGABYTES };
    const outcomes = await repeat(async () => {
      const answer = await ask(`${frontend.url}${QUERY}`, question);
      return answer.isWhole ? answer.status : 'cut off';
    });
    expect(outcomes).toEqual(Array.from({ length: TIMES }, () => status));
  });

  it('always sees 413 by fetch', async () => {
    const outcomes = await repeat(async () => {
      const init = { method: 'POST', headers, body: FIVE_MEGABYTES };
      const response = await fetch(`${frontend.url}${QUERY}`, init);
      return [response.status, (await response.text()).includes('body_too_large')];
    });
    expect(outcomes).toEqual(Array.from({ length: TIMES }, () => [413, true]));
  });

  it('always sees 413 where it reads only after it has sent everything', async () => {
    const outcomes = await repeat(async () => {
      using raw = await connectRaw(frontend.port);
      raw.socket.pause();
      raw.send(postRequest(`Content-Length: ${FIVE_MEGABYTES.length}`, TOKEN));
      await new Promise((resolve) => raw.socket.write(FIVE_MEGABYTES, resolve));
      raw.socket.resume();
      return statusOf(await raw.end());
    });
    expect(outcomes).toEqual(Array.from({ length: TIMES }, () => '413'));
  });

  it('always sees 413 over TLS', async () => {
    await using folder = await tempFolder();
    const { certPem: ca, keyPem } = selfSignedCertificate(['127.0.0.1']);
    const certFile = await folder.write('tls.crt', ca);
    const keyFile = await folder.write('tls.key', keyPem);
    await using secured = await startFrontend({ listener: { tls: { certFile, keyFile } } });
    const outcomes = await repeat(async () => {
      const question = { method: 'POST', headers, body: FIVE_MEGABYTES, ca };
      const answer = await ask(`${secured.url}${QUERY}`, question);
      return answer.isWhole ? answer.status : 'cut off';
    });
    expect(outcomes).toEqual(Array.from({ length: TIMES }, () => 413));
  }, 30_000);

  it('is told at once, while it still sends', async () => {
    using raw = await connectRaw(frontend.port);
    raw.send(postRequest('Content-Length: 5000000', TOKEN));
    expect(statusOf(await raw.until(/body_too_large[^}]*}\n/))).toBe('413');
    expect(raw.socket.closed).toBe(false);
    raw.send(FIVE_MEGABYTES);
    expect(await raw.end()).toMatch(/\r\nConnection: close\r\n/);
  });

  it('gets what is pipelined behind it not answered', async () => {
    const before = frontend.upstream.recorded.length;
    using raw = await connectRaw(frontend.port);
    raw.send(postRequest('Content-Length: 100000', TOKEN) + 'x'.repeat(100_000));
    raw.send(getRequest(QUERY, TOKEN));
    expect((await raw.end()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413']);
    expect(frontend.upstream.recorded).toHaveLength(before);
  });

  it('gets what is pipelined before it answered, however long that takes', async () => {
    frontend.upstream.respondWith((response, recorded) => {
      setTimeout(() => {
        json(SUCCESS)(response, recorded);
      }, 1_500);
    });
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN) + postRequest('Content-Length: 100000', TOKEN) + 'x');
    const received = await raw.end();
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 413']);
  });
});

describe('a client that never stops sending', () => {
  it.each([
    ['with a token', [TOKEN], '413'],
    ['without one', [], '401'],
  ])('%s is cut off', async (_who, lines, status) => {
    await using frontend = await startFrontend({ listener: { maxConnections: 1 } });
    using raw = await connectRaw(frontend.port);
    raw.send(postRequest('Transfer-Encoding: chunked', ...lines));
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    let sent = 0;
    const flood = (): void => {
      while (!raw.socket.destroyed && raw.socket.writable) {
        sent += chunk.length;
        if (!raw.socket.write(chunk)) return;
      }
    };
    raw.socket.on('drain', flood);
    flood();
    expect(statusOf(await raw.end())).toBe(status);
    // Beyond the bound there is what the sockets of both sides hold.
    expect(sent).toBeGreaterThan(LINGER_BYTES);
    expect(sent).toBeLessThan(4 * LINGER_BYTES);
    expect((await frontend.ask('/api/v1/status/buildinfo')).status).toBe(200);
  });

  it('byte by byte is cut off', async () => {
    await using frontend = await startFrontend({ listener: { maxConnections: 1 } });
    using raw = await connectRaw(frontend.port);
    raw.send(postRequest('Content-Length: 100000'));
    const drip = setInterval(() => raw.send('x'), 100);
    expect(statusOf(await raw.end())).toBe('401');
    clearInterval(drip);
    expect((await frontend.ask('/api/v1/status/buildinfo')).status).toBe(200);
  }, 30_000);

  it('and then falls silent is cut off', async () => {
    await using frontend = await startFrontend({ listener: { maxConnections: 1 } });
    using raw = await connectRaw(frontend.port);
    raw.send(postRequest('Content-Length: 100000') + 'x');
    expect(statusOf(await raw.end())).toBe('401');
    expect((await frontend.ask('/api/v1/status/buildinfo')).status).toBe(200);
  });
});
