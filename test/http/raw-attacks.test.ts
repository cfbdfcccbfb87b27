import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Frontend, READER, startFrontend } from './harness/frontend.ts';
import { connectRaw, exchangeRaw, getRequest } from './harness/raw-socket.ts';
import { json, SUCCESS } from './harness/recording-upstream.ts';

const QUERY = '/api/v1/query?namespace=team-a&query=up';
const TOKEN = `Authorization: Bearer ${READER}`;
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const CLOSE = 'Connection: close';

let frontend: Frontend;
let before = 0;

beforeAll(async () => {
  frontend = await startFrontend({
    listener: { headersTimeoutMs: 1_000, requestTimeoutMs: 1_200, keepAliveTimeoutMs: 500 },
  });
});

afterAll(async () => {
  await frontend[Symbol.asyncDispose]();
});

beforeEach(() => {
  before = frontend.upstream.recorded.length;
  frontend.upstream.respondWith(json(SUCCESS));
});

function statuses(bytes: string): readonly string[] {
  return [...bytes.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => match[1] ?? '');
}

function codes(bytes: string): readonly string[] {
  return [...bytes.matchAll(/"code":"(\w+)"/g)].map((match) => match[1] ?? '');
}

async function exchange(bytes: string): Promise<readonly string[]> {
  const received = await exchangeRaw(frontend.port, bytes);
  return statuses(received).map((status, i) => `${status} ${codes(received)[i] ?? ''}`.trim());
}

describe('bytes that are not one plain request', () => {
  it.each<[string, string, string]>([
    ['two Hosts', getRequest(QUERY, 'Host: x', TOKEN, CLOSE), '400 request_malformed'],
    ['no Host', `GET ${QUERY} HTTP/1.1\r\n${TOKEN}\r\n${CLOSE}\r\n\r\n`, '400 request_malformed'],
    ['HTTP/1.0', `GET ${QUERY} HTTP/1.0\r\nHost: h\r\n${TOKEN}\r\n\r\n`, '400 request_malformed'],
    [
      'two tokens',
      getRequest(QUERY, TOKEN, 'authorization: Bearer x', CLOSE),
      '401 token_malformed',
    ],
    ['a token behind 2,100 headers', getRequest(QUERY, TOKEN, ...Array<string>(2_100).fill('a:b'), 'Authorization: x', CLOSE), '401 token_malformed'], // prettier-ignore
    ['an absolute target', getRequest(`http://h${QUERY}`, TOKEN, CLOSE), '404 route_unknown'],
    ['a target with a foreign host', getRequest(`//h${QUERY}`, TOKEN, CLOSE), '404 route_unknown'],
    ['dot segments', getRequest(`/x/..${QUERY}`, TOKEN, CLOSE), '404 route_unknown'],
    ['encoded dot segments', getRequest(`/%2e%2e${QUERY}`, TOKEN, CLOSE), '404 route_unknown'],
    ['an encoded slash', getRequest(`/api%2fv1/query?query=up`, TOKEN, CLOSE), '404 route_unknown'],
    ['a backslash', getRequest('\\api\\v1\\query', TOKEN, CLOSE), '400 request_malformed'],
    ['a fragment', getRequest(`/api/v1/query#?query=up`, TOKEN, CLOSE), '404 route_unknown'],
    ['an asterisk', `OPTIONS * HTTP/1.1\r\nHost: h\r\n${CLOSE}\r\n\r\n`, '404 route_unknown'],
    ['a method in lower case', `get ${QUERY} HTTP/1.1\r\nHost: h\r\n\r\n`, '400 request_malformed'],
    ['an unknown method', `BREW ${QUERY} HTTP/1.1\r\nHost: h\r\n\r\n`, '400 request_malformed'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400 request_malformed'],
    ['h2c', getRequest(QUERY, TOKEN, 'Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'), '400 upgrade_refused'], // prettier-ignore
    [
      'raw UTF-8 in the path',
      getRequest('/api/v1/qu\u00c3\u00a9ry', TOKEN),
      '400 request_malformed',
    ],
    ['NUL in a header', getRequest(QUERY, 'X: a\0b'), '400 request_malformed'],
    ['a folded header', getRequest(QUERY, 'X: a\r\n b'), '400 request_malformed'],
    ['a space before a colon', getRequest(QUERY, 'Authorization : x'), '400 request_malformed'],
    ['a lonely line feed', `GET ${QUERY} HTTP/1.1\nHost: h\n\n`, '400 request_malformed'],
    ['two lengths', getRequest(QUERY, 'Content-Length: 1', 'Content-Length: 2'), '400 request_malformed'], // prettier-ignore
    ['a length and chunks', getRequest(QUERY, 'Content-Length: 1', 'Transfer-Encoding: chunked'), '400 request_malformed'], // prettier-ignore
    ['an unknown transfer coding', getRequest(QUERY, 'Transfer-Encoding: xchunked'), '400 request_malformed'], // prettier-ignore
    ['a length with a sign', getRequest(QUERY, 'Content-Length: +1'), '400 request_malformed'],
    ['headers of 17 KiB', getRequest(QUERY, `X: ${'x'.repeat(17_408)}`), '431 headers_too_large'],
    ['a request line of 17 KiB', getRequest(`${QUERY}${'x'.repeat(17_408)}`), '431 headers_too_large'], // prettier-ignore
    ['an expectation', getRequest(QUERY, TOKEN, 'Expect: a-miracle', CLOSE), '417 expectation_refused'], // prettier-ignore
    ['TLS', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03', '400 request_malformed'],
  ])('such as %s are refused', async (_what, bytes, expected) => {
    expect(await exchange(bytes)).toEqual([expected]);
    expect(frontend.upstream.recorded).toHaveLength(before);
  });

  it('such as a CONNECT get no tunnel', async () => {
    const received = await exchangeRaw(frontend.port, 'CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(received).not.toContain(' 200 ');
  });

  it('are refused with an envelope and headers like any other', async () => {
    const received = await exchangeRaw(frontend.port, 'x\r\n\r\n');
    const [head = '', body = ''] = received.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(head).toMatch(/^Content-Type: application\/json$/m);
    expect(head).toMatch(/^Cache-Control: no-store$/m);
    expect(head).toMatch(/^Connection: close$/m);
    const requestId = /^X-Request-Id: (\S+)$/m.exec(head)?.[1];
    expect(JSON.parse(body)).toMatchObject({ status: 'error', errorType: 'bad_data', requestId });
  });

  it('in a body are refused before anything is sent upstream', async () => {
    const bytes = `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`;
    expect(await exchange(bytes)).toEqual(['400 request_malformed']);
    expect(frontend.upstream.recorded).toHaveLength(before);
  });

  it.each([
    ['token', 'Authorization: Bearer', FORM, '401 token_missing'],
    ['type', TOKEN, 'Content-Type: text/plain', '415 body_type_unsupported'],
    ['length', TOKEN, FORM, '413 body_too_large'],
  ])('with a wrong %s are refused before their body is asked for', async (...row) => {
    const [, token, type, expected] = row;
    const bytes = `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${token}\r\n${type}\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n`;
    expect(await exchange(bytes)).toEqual([expected]);
  });

  it('in trailers have no effect', async () => {
    const bytes =
      `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\n${CLOSE}\r\n` +
      'Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n' +
      '6;x=y\r\ntime=5\r\n0\r\nAuthorization: Bearer other\r\nX-Scope-OrgID: victim\r\n\r\n';
    expect(await exchange(bytes)).toEqual(['200']);
    expect(frontend.upstream.recorded.at(-1)?.parameters).toContainEqual(['time', '5']);
  });

  it('as chunk extensions without end are refused', async () => {
    const bytes = `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`;
    const [answer = ''] = await exchange(bytes);
    expect(answer).toMatch(/^(?:400|413) /);
    expect(frontend.upstream.recorded).toHaveLength(before);
  });
});

describe('a slow client', () => {
  it('that does not finish its headers is answered 408 and cut off', async () => {
    expect(await exchange(`GET ${QUERY} HTTP/1.1\r\nHost: h\r\nX: `)).toEqual([
      '408 request_timeout',
    ]);
  });

  it('that drips its headers is cut off all the same', async () => {
    using raw = await connectRaw(frontend.port);
    raw.send(`GET ${QUERY} HTTP/1.1\r\nHost: h\r\n`);
    const drip = setInterval(() => {
      raw.send('X: y\r\n');
    }, 50);
    const received = await raw.end();
    clearInterval(drip);
    expect(codes(received)).toEqual(['request_timeout']);
  });

  it('that does not finish its body is answered 408 and cut off', async () => {
    const bytes = `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\nContent-Length: 100\r\n\r\na`;
    expect(await exchange(bytes)).toEqual(['408 request_timeout']);
    expect(frontend.upstream.recorded).toHaveLength(before);
  });

  it('that drips its body is cut off all the same', async () => {
    using raw = await connectRaw(frontend.port);
    raw.send(
      `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\nContent-Length: 1000\r\n\r\n`,
    );
    const drip = setInterval(() => {
      raw.send('x');
    }, 50);
    const received = await raw.end();
    clearInterval(drip);
    expect(codes(received)).toEqual(['request_timeout']);
    expect(frontend.upstream.recorded).toHaveLength(before);
  });

  it('that keeps its half of the connection open after an error holds no place', async () => {
    await using narrow = await startFrontend({ listener: { maxConnections: 1 } });
    using raw = await connectRaw(narrow.port, { allowHalfOpen: true });
    raw.send('x\r\n\r\n');
    await raw.until(/request_malformed/);
    expect(await exchangeRaw(narrow.port, getRequest('/', CLOSE))).toBe('');
    await sleep(1_500);
    expect(codes(await exchangeRaw(narrow.port, getRequest('/', CLOSE)))).toEqual([
      'route_unknown',
    ]);
  });

  it('that sends nothing at all is cut off', async () => {
    using raw = await connectRaw(frontend.port);
    await raw.end();
    expect(codes(raw.received())).toEqual(['request_timeout']);
  });
});

describe('several requests on one connection', () => {
  it('are answered in order when they are pipelined', async () => {
    let count = 0;
    frontend.upstream.respondWith((response, recorded) => {
      count += 1;
      const answer = (): void => json(`{"query":${JSON.stringify(recorded.parameters)}}`)(response, recorded); // prettier-ignore
      // The first answer comes last.
      setTimeout(answer, count === 1 ? 100 : 0);
    });
    const target = (name: string): string => `/api/v1/query?namespace=team-a&query=${name}`;
    const received = await exchangeRaw(
      frontend.port,
      getRequest(target('first'), TOKEN) +
        getRequest(target('second'), TOKEN) +
        getRequest('/nowhere', TOKEN) +
        getRequest(target('third'), TOKEN, CLOSE),
    );
    expect(statuses(received)).toEqual(['200', '200', '404', '200']);
    const order = [...received.matchAll(/first|second|route_unknown|third/g)].map(([it]) => it);
    expect(order).toEqual(['first', 'second', 'route_unknown', 'third']);
  });

  it('are cut off when more are pipelined than any client does', async () => {
    frontend.upstream.respondWith(() => undefined);
    const received = await exchangeRaw(frontend.port, getRequest(QUERY, TOKEN).repeat(50));
    expect(statuses(received)).toEqual([]);
    await sleep(50);
    expect(frontend.upstream.recorded.length - before).toBeLessThanOrEqual(8);
  });

  it('do not mix when garbage follows one that is under way', async () => {
    frontend.upstream.respondWith((response, recorded) => {
      setTimeout(() => {
        json(SUCCESS)(response, recorded);
      }, 50);
    });
    const received = await exchangeRaw(frontend.port, `${getRequest(QUERY, TOKEN)}garbage\r\n\r\n`);
    expect(received).toBe('');
  });

  it('do not mix when an unread body follows an error', async () => {
    const hidden = getRequest(QUERY, TOKEN);
    const bytes = `PUT ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\nContent-Length: ${hidden.length + 10}\r\n\r\n${hidden}`;
    const received = await exchangeRaw(frontend.port, bytes);
    expect(codes(received)).toEqual(['method_not_allowed']);
    expect(statuses(received)).toEqual(['405']);
    expect(received).toMatch(/^Connection: close$/m);
    expect(frontend.upstream.recorded).toHaveLength(before);
  });

  it('tell a client that sends megabytes that they are too many', async () => {
    const body = 'x'.repeat(4_000_000);
    const bytes = `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(await exchange(bytes)).toEqual(['413 body_too_large']);
  });

  it('tell a client whose chunks are megabytes that they are too many', async () => {
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    const bytes = `POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}`;
    expect(await exchange(bytes)).toEqual(['413 body_too_large']);
  });

  it('go on after errors that left nothing unread', async () => {
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await raw.until(/"success"/);
    raw.send(getRequest('/nowhere', TOKEN));
    await raw.until(/route_unknown[^}]*}\n/);
    raw.send(getRequest(QUERY));
    await raw.until(/token_missing[^}]*}\n/);
    raw.send(`POST ${QUERY} HTTP/1.1\r\nHost: h\r\n${TOKEN}\r\n${FORM}\r\nContent-Length: 6\r\n\r\nx=%zz&`); // prettier-ignore
    await raw.until(/parameter_malformed[^}]*}\n/);
    raw.send(getRequest(QUERY, TOKEN, CLOSE));
    expect(statuses(await raw.end())).toEqual(['200', '404', '401', '400', '200']);
  });

  it('end when the connection is idle', async () => {
    using raw = await connectRaw(frontend.port);
    raw.send(getRequest(QUERY, TOKEN));
    await raw.until(/"success"/);
    const startedMs = performance.now();
    await raw.end();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
