import net, { type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpUpstream } from '../../frontend/adapters/upstream/http-upstream.ts';
import { SILENT_OBSERVER } from '../../frontend/access/access-observer.ts';
import { DEFAULT_PROMQL_FEATURES } from '../../frontend/promql/options.ts';
import { CurrentParts } from '../../frontend/http/current-parts.ts';
import { FilterSlots } from '../../frontend/http/filter-slots.ts';
import { type Listener, startListener } from '../../frontend/http/listener.ts';
import { HIDDEN_NOTICE } from '../../frontend/http/scrub-notices.ts';
import { ask } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { ACCESS, type Frontend, READER, startFrontend } from './harness/frontend.ts';
import { DEFAULT_GROUPS, sharesOf } from './harness/limit-groups.ts';
import { json, type Responder, SUCCESS } from './harness/recording-upstream.ts';

const QUERY = '/api/v1/query?namespace=team-a&query=up';
const SECRET = 'thanos-store-0.example:10901';

let frontend: Frontend;

beforeAll(async () => {
  frontend = await startFrontend({ deadlineMs: 1_000 });
});

afterAll(async () => {
  await frontend[Symbol.asyncDispose]();
});

beforeEach(() => {
  frontend.upstream.respondWith(json(SUCCESS));
});

async function answerTo(responder: Responder): Promise<Awaited<ReturnType<Frontend['ask']>>> {
  frontend.upstream.respondWith(responder);
  return frontend.ask(QUERY);
}

function errorBody(error: string): string {
  return JSON.stringify({ status: 'error', errorType: 'execution', error });
}

const head =
  (status: number, headers: Record<string, string> = {}): Responder =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(SECRET);
  };

describe('an answer of the upstream', () => {
  it('passes with headers of ours only', async () => {
    const answer = await answerTo((response) => {
      response.writeHead(200, {
        'Content-Type': 'application/json; charset=utf-8',
        'Set-Cookie': 'a=b',
        'Access-Control-Allow-Origin': '*',
        'Strict-Transport-Security': 'max-age=1',
        'X-Store': SECRET,
        Location: `http://${SECRET}/`,
        ETag: 'x',
      });
      response.end(SUCCESS);
    });
    expect(answer.text).toBe(SUCCESS);
    expect(Object.keys(answer.headers).toSorted()).toEqual([
      'cache-control',
      'connection',
      'content-type',
      'date',
      'transfer-encoding',
      'vary',
      'x-content-type-options',
      'x-request-id',
    ]);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it.each<[string, Responder, number, string]>([
    ['a redirect', head(302, { Location: `http://${SECRET}/` }), 502, 'upstream_unexpected'],
    ['a permanent redirect', head(308, { Location: '/api/v1/admin' }), 502, 'upstream_unexpected'],
    ['a 401', head(401, { 'WWW-Authenticate': 'Basic realm="x"' }), 502, 'upstream_unexpected'],
    ['a 403', head(403), 502, 'upstream_unexpected'],
    ['a 404', head(404), 502, 'upstream_unexpected'],
    ['a 204', head(204), 502, 'upstream_unexpected'],
    ['a 206', head(206), 502, 'upstream_unexpected'],
    ['a page', head(200, { 'Content-Type': 'text/html' }), 502, 'upstream_unexpected'],
    ['a compressed body', head(200, { 'Content-Encoding': 'gzip' }), 502, 'upstream_unexpected'],
    ['a 429', head(429), 429, 'upstream_throttled'],
    ['a 500', head(500), 503, 'upstream_unavailable'],
    ['a 503', head(503), 503, 'upstream_unavailable'],
    ['a reset', (response) => response.destroy(), 503, 'upstream_unavailable'],
    ['a store that is down', json(errorBody(`proxy Series(): Addr: ${SECRET}`), 422), 503, 'upstream_unavailable'], // prettier-ignore
    ['a store error in rpc words', json(errorBody(`rpc error: ${SECRET}`), 400), 503, 'upstream_unavailable'], // prettier-ignore
    ['an error of the file system', json(errorBody(`open ${SECRET}`), 422), 422, 'query_refused_upstream'], // prettier-ignore
    ['an error page', json(`<p>${SECRET}`, 400), 400, 'query_refused_upstream'],
    ['no answer in time', () => undefined, 504, 'upstream_timeout'],
    ['half an error in time', (response) => response.writeHead(422).write('{"error":'), 504, 'upstream_timeout'], // prettier-ignore
  ])('that is %s is told by a code', async (_what, responder, status, code) => {
    const answer = await answerTo(responder);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'error', code });
    expect(answer.text).not.toContain('thanos-store');
    expect(JSON.stringify(answer.headers)).not.toContain('thanos-store');
    expect(answer.headers['retry-after'] !== undefined).toBe([429, 503].includes(status));
  });

  it('that speaks of the query passes with status, type and words', async () => {
    const error = 'vector cannot contain metrics with the same labelset';
    const answer = await answerTo(json(errorBody(error), 422));
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({ errorType: 'execution', error });
  });

  it('loses notices that are not of the engine, however it is cut', async () => {
    const body = `{"status":"success","data":{},"warnings":["PromQL warning: w","${SECRET}"],"infos":["${SECRET}"]}`;
    const answer = await answerTo((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const write = (from: number): void => {
        if (from >= body.length) response.end();
        else response.write(body.slice(from, from + 7), () => setImmediate(write, from + 7));
      };
      write(0);
    });
    expect(answer.text).toBe(
      `{"status":"success","data":{},"warnings":["PromQL warning: w","${HIDDEN_NOTICE}"],"infos":["${HIDDEN_NOTICE}"]}\n`,
    );
  });

  it.each<[string, Responder]>([
    [
      'is cut off in a chunk',
      (response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('{"status":"success","data":[]}', () => response.destroy());
      },
    ],
    [
      'is shorter than it said',
      (response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
        response.write('{"status":"success","data":[]}', () => response.destroy());
      },
    ],
    [
      'is cut off in its notices',
      (response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('{"status":"success","data":[],"warnings":["a"');
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ['has notices that are no JSON', json('{"status":"success","data":[],"warnings":["a]}')],
    [
      'is not over at the deadline',
      (response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('{"status":"success","data":[]}');
      },
    ],
  ])('that %s breaks the connection and never looks whole', async (_what, responder) => {
    const answer = await answerTo(responder).catch((error: unknown) => error);
    // Where nothing was sent yet, the client sees no answer at all.
    if (answer instanceof Error) expect(answer).toHaveProperty('code', 'ECONNRESET');
    else expect(answer).toMatchObject({ isWhole: false });
    await eventually(
      () => frontend.finished.at(-1),
      (last) => last?.decision === 'broken_off',
    );
  });

  it('leaves the frontend whole when it was bad', async () => {
    expect(await frontend.ask(QUERY)).toMatchObject({ status: 200, text: SUCCESS });
    expect(frontend.log.filter(({ event }) => event === 'defect')).toEqual([]);
  });
});

// Bytes that http.createServer would not send.
describe('an upstream that breaks the protocol', () => {
  let server: Server;
  let listener: Listener;
  let bytes = '';

  beforeAll(async () => {
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(bytes, 'latin1'));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const adapter = createHttpUpstream({ url: `http://127.0.0.1:${port}`, maxSockets: 5 });
    listener = await startListener(
      {
        address: '127.0.0.1',
        port: 0,
        unsafePlainHttp: false,
        maxConnections: 10,
        maxConnectionsPerCaller: 10,
        headersTimeoutMs: 1_000,
        requestTimeoutMs: 1_000,
        keepAliveTimeoutMs: 1_000,
      },
      new CurrentParts({
        access: ACCESS,
        upstream: adapter,
        filtered: {
          upstreams: { queries: adapter },
          hasTargetMetadata: false,
          maxBytes: 99_999,
          slots: new FilterSlots(),
        },
        shares: sharesOf(),
        limits: DEFAULT_GROUPS.limits,
        scoping: { mode: 'intersect', features: DEFAULT_PROMQL_FEATURES },
        deadlineMs: 2_000,
        telemetry: {
          requestFinished: () => undefined,
          parametersDropped: () => undefined,
          answerGiven: () => undefined,
          access: SILENT_OBSERVER,
          exposition: async () => ({ contentType: '', body: '' }),
        },
        log: () => undefined,
      }),
    );
  });

  afterAll(async () => {
    await listener.drain(0);
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  const JSON_TYPE = 'Content-Type: application/json\r\n';

  it.each([
    ['no bytes', '', 503],
    ['no HTTP', 'hello\r\n\r\n', 503],
    ['headers without an end', 'HTTP/1.1 200 OK\r\nContent-Type: appl', 503],
    ['an answer without a length', `HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\n${SUCCESS}`, 502],
    ['an answer of HTTP/1.0', `HTTP/1.0 200 OK\r\n${JSON_TYPE}\r\n${SUCCESS}`, 502],
    [
      'a compressed transfer coding',
      `HTTP/1.1 200 OK\r\n${JSON_TYPE}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      502,
    ],
    ['an upgrade', 'HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n', 503],
    ['only 100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n', 503],
    [
      'two lengths',
      `HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      503,
    ],
    ['headers beyond all measure', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 503],
  ])('by %s gets no answer through', async (_what, sent, status) => {
    bytes = sent;
    const answer = await ask(`${listener.url}${QUERY}`, {
      headers: { Authorization: `Bearer ${READER}` },
    });
    expect(answer.status).toBe(status);
  });

  it('by a second answer behind the first mixes nothing', async () => {
    const answer = `HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: ${SUCCESS.length}\r\n\r\n${SUCCESS}`;
    bytes = answer + answer.replaceAll('vector', 'victim');
    for (let i = 0; i < 3; i += 1) {
      const got = await ask(`${listener.url}${QUERY}`, {
        headers: { Authorization: `Bearer ${READER}` },
      });
      expect(got.text).toBe(SUCCESS);
    }
  });
});
