import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FILES_PER_USER } from '../../frontend/http/shared-files.ts';
import { MAX_FILE_BYTES, MAX_PAGE_BYTES } from '../../frontend/http/web-ui.ts';
import type { Answer } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { type Frontend, READER, ROBOT, startFrontend } from './harness/frontend.ts';
import { exchangeRaw } from './harness/raw-socket.ts';
import type { Recorded, Responder } from './harness/recording-upstream.ts';
import { FILE_TEXT, SECRET, sendBytes, serveUi, startUiFrontend } from './harness/web-ui.ts';

const PREFIX = '/namespaces/team-a';
const PAGE = `${PREFIX}/graph`;
const SCRIPT = `${PREFIX}/static/js/main.83209ede.js`;
const LOCAL = [`${PREFIX}/api/v1/stores`, `${PREFIX}/api/v1/status/flags`];
const PATHS = [PAGE, `${PREFIX}/alerts`, `${PREFIX}/favicon.ico`, SCRIPT, ...LOCAL];

let frontend: Frontend;
let before = 0;

const sent = (): readonly Recorded[] => frontend.upstream.recorded.slice(before);
const outcomeOf = ({ status, text }: Answer): string => {
  const code: unknown = text.startsWith('{') ? JSON.parse(text).code : undefined;
  return [status, code].join(' ').trim();
};
const answerTo = (responder: Responder, path = SCRIPT): Promise<Answer> => {
  frontend.upstream.respondWith(responder);
  return frontend.ask(path);
};

beforeAll(async () => {
  frontend = await startUiFrontend({ deadlineMs: 1_500 });
});

afterAll(async () => {
  await frontend[Symbol.asyncDispose]();
});

beforeEach(() => {
  frontend.upstream.respondWith(serveUi);
  before = frontend.upstream.recorded.length;
});

describe('the web UI', () => {
  it('does not exist unless it is switched on', async () => {
    await using off = await startFrontend();
    for (const path of PATHS) expect(outcomeOf(await off.ask(path))).toBe('404 route_unknown');
    expect(off.upstream.recorded).toEqual([]);
  });

  it('is a page of ours that names the files of the upstream', async () => {
    const answer = await frontend.ask('/namespaces/team-a,team-b/graph?g0.expr=up&g0.tab=1');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"/namespaces/team-a,team-b/static/js/main.83209ede.js"');
    expect(answer.text).not.toContain(SECRET);
    expect(sent().map(({ path, search }) => [path, search])).toEqual([['/graph', '']]);
  });

  it('is files that pass as they are', async () => {
    for (const file of ['favicon.ico', 'static/css/main.css', 'static/media/a.ttf']) {
      expect((await frontend.ask(`${PREFIX}/${file}`)).text).toBe(FILE_TEXT);
    }
    expect(sent().map(({ path }) => path)).toEqual([
      '/favicon.ico',
      '/static/css/main.css',
      '/static/media/a.ttf',
    ]);
  });

  it('leaves the queries to the routes of queries', async () => {
    await frontend.ask(`${PREFIX}/api/v1/query?query=up`);
    expect(sent().map(({ parameters }) => parameters)).toEqual([
      [['query', 'up{namespace="team-a"}']],
    ]);
  });

  it.each(LOCAL)('answers %s with nothing, and asks nobody', async (path) => {
    const answer = await frontend.ask(path);
    expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: {} });
    expect(sent()).toEqual([]);
  });
});

describe('what goes upstream for the web UI', () => {
  it.each([PAGE, SCRIPT])('for %s holds nothing of the caller', async (path) => {
    await frontend.ask(`${path}?a=b`, {
      headers: {
        Cookie: 'session=1',
        Accept: 'text/html',
        'Accept-Encoding': 'gzip',
        'If-None-Match': '"1"',
        Range: 'bytes=0-1',
        'X-Scope-OrgID': 'team-a',
        'X-Forwarded-Prefix': '/evil',
        'X-Forwarded-For': '1.2.3.4',
        'X-Forwarded-Access-Token': READER,
        'THANOS-TENANT': 'team-b',
        TE: 'trailers',
        Origin: 'https://evil',
      },
    });
    const [request, ...others] = sent();
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: 'GET', search: '', body: '' });
    expect(request?.headers).toEqual({
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
      host: new URL(frontend.upstream.url).host,
    });
  });

  it.each([
    ['nobody', '401 token_missing', ''],
    ['an unknown token', '401 token_rejected', 'Bearer x'],
    ['a caller of another namespace', '403 tenant_denied', `Bearer ${ROBOT}`],
  ])('is nothing for %s: %s', async (_who, outcome, authorization) => {
    const headers = { Authorization: authorization };
    for (const path of PATHS) {
      const asked = path.replace('team-a', 'team-b');
      expect(outcomeOf(await frontend.ask(asked, { headers }))).toBe(outcome);
    }
    expect(sent()).toEqual([]);
  });

  it.each([
    ['a POST', '405 method_not_allowed', { method: 'POST' }],
    ['a PUT', '405 method_not_allowed', { method: 'PUT' }],
    ['a HEAD', '405', { method: 'HEAD' }],
    ['a body', '400 body_unexpected', { body: 'x' }],
    ['another tenant in a header', '400 tenant_sources_differ', { headers: { 'X-Scope-OrgID': 'team-b' } }], // prettier-ignore
  ])('is nothing for %s: %s', async (_what, outcome, question) => {
    for (const path of PATHS) expect(outcomeOf(await frontend.ask(path, question))).toBe(outcome);
    expect(sent()).toEqual([]);
  });

  it('is nothing for an upgrade', async () => {
    const lines = [
      `GET ${PAGE} HTTP/1.1`,
      'Host: h',
      `Authorization: Bearer ${READER}`,
      'Connection: Upgrade, close',
      'Upgrade: websocket',
    ];
    const answer = await exchangeRaw(frontend.port, `${lines.join('\r\n')}\r\n\r\n`);
    expect(answer).toContain('upgrade_refused');
    expect(sent()).toEqual([]);
  });
});

describe('what comes back of the web UI', () => {
  it.each([
    [PAGE, 'text/html; charset=utf-8', 'no-store'],
    [SCRIPT, 'text/javascript; charset=utf-8', 'private, max-age=3600'],
  ])('for %s has headers of ours alone', async (path, type, cacheControl) => {
    const { headers } = await frontend.ask(path);
    const ours = [
      'cache-control',
      'connection',
      'content-length',
      'content-security-policy',
      'content-type',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'date',
      'keep-alive',
      'referrer-policy',
      'transfer-encoding',
      'vary',
      'x-content-type-options',
      'x-request-id',
    ];
    expect(Object.keys(headers).filter((name) => !ours.includes(name))).toEqual([]);
    expect(headers).toMatchObject({
      'cache-control': cacheControl,
      'content-type': type,
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      vary: 'Authorization',
    });
  });

  const withHead =
    (status: number, headers: http.OutgoingHttpHeaders): Responder =>
    (response) => {
      response.writeHead(status, { 'Content-Length': SECRET.length, ...headers });
      response.end(SECRET);
    };
  const JS = { 'Content-Type': 'text/javascript' };

  it.each<[string, string, Responder]>([
    ['a page in place of a script', '502', withHead(200, { 'Content-Type': 'text/html' })],
    ['JSON in place of a script', '502', withHead(200, { 'Content-Type': 'application/json' })],
    ['a type that only begins right', '502', withHead(200, { 'Content-Type': 'text/javascript2' })],
    ['no type', '502', withHead(200, {})],
    ['a redirect', '502', withHead(302, { ...JS, Location: SECRET })],
    ['nothing new', '502', withHead(304, JS)],
    ['part of a file', '502', withHead(206, JS)],
    ['a demand for a password', '502', withHead(401, { ...JS, 'WWW-Authenticate': 'Basic' })],
    ['a compressed file', '502', withHead(200, { ...JS, 'Content-Encoding': 'gzip' })],
    ['too long a file', '502', withHead(200, { ...JS, 'Content-Length': MAX_FILE_BYTES + 1 })],
    ['a file that is gone', '404', withHead(404, JS)],
    ['a failure', '503', withHead(500, JS)],
    ['a connection that ends', '503', (response) => response.destroy()],
    ['silence', '504', () => undefined],
  ])('is an error of ours for %s: %s', async (_what, status, responder) => {
    const answer = await answerTo(responder);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'error' });
    expect(String(answer.status)).toBe(status);
    expect(JSON.stringify([answer.headers, answer.text])).not.toContain(SECRET);
    expect(answer.headers).not.toHaveProperty('location');
    await eventually(frontend.upstream.open, (open) => open === 0);
  });

  it('is 502 for a page that is not that of Thanos, or too long', async () => {
    const other: Responder = (response) => {
      sendBytes(response, 'text/html', '<html></html>');
    };
    const long: Responder = (response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.write('<!-- ');
      response.end('x'.repeat(MAX_PAGE_BYTES));
    };
    for (const responder of [other, long]) {
      expect(outcomeOf(await answerTo(responder, PAGE))).toBe('502 upstream_unexpected');
    }
  });

  it('breaks off when a file of unknown length grows too long', async () => {
    const answer = await answerTo((response) => {
      response.writeHead(200, { 'Content-Type': 'text/javascript' });
      response.end(Buffer.alloc(2 * MAX_FILE_BYTES));
    });
    expect(answer.isWhole).toBe(false);
    expect(answer.text.length).toBeLessThan(2 * MAX_FILE_BYTES);
    await eventually(frontend.upstream.open, (open) => open === 0);
  });
});

describe('a caller whose files take long', () => {
  it('leaves room for those of others, and gets the rest of them later', async () => {
    frontend.upstream.respondWith((response, recorded) => {
      if (recorded.path.endsWith('.ico')) serveUi(response, recorded);
    });
    const headers = { Authorization: `Bearer ${ROBOT}` };
    const slow = Promise.allSettled(
      Array.from({ length: 30 }, async () => (await frontend.ask(SCRIPT, { headers })).status),
    );
    await eventually(sent, ({ length }) => length >= FILES_PER_USER);
    // Enough for all that would be sent if nobody waited for a turn.
    await sleep(300);
    expect(sent()).toHaveLength(FILES_PER_USER);
    const other = await frontend.ask('/namespaces/team-b/favicon.ico');
    expect([other.status, other.text]).toEqual([200, FILE_TEXT]);
    const timedOut = { status: 'fulfilled', value: 504 };
    expect(await slow).toEqual(Array.from({ length: 30 }, () => timedOut));
    await eventually(frontend.upstream.open, (open) => open === 0);
    frontend.upstream.respondWith(serveUi);
    expect((await frontend.ask(SCRIPT, { headers })).text).toBe(FILE_TEXT);
  });
});

describe('a browser that leaves', () => {
  const CLIENTS = 60;

  const leave = async (isReady: (received: number) => boolean): Promise<void> => {
    let received = 0;
    const requests = Array.from({ length: CLIENTS }, () => {
      const headers = { Authorization: `Bearer ${READER}` };
      const request = http.get(`${frontend.url}${SCRIPT}`, { headers, agent: false });
      request.on('error', () => undefined);
      request.on('response', (response) => {
        received += 1;
        response.on('error', () => undefined);
      });
      return request;
    });
    await eventually(
      () => received,
      (count) => isReady(count),
    );
    for (const request of requests) request.destroy();
  };

  it.each<[string, Responder]>([
    [
      'in the middle of a file',
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/javascript' });
        response.write('x'.repeat(100));
      },
    ],
    ['before the answer', () => undefined],
  ])('%s leaves no request upstream', async (where, responder) => {
    frontend.upstream.respondWith(responder);
    // As many as one caller has under way at once; the others wait for their turn.
    await leave(
      (received) =>
        (where === 'before the answer' ? frontend.upstream.open() : received) >= FILES_PER_USER,
    );
    await eventually(frontend.upstream.open, (open) => open === 0);
    // Those that were waiting are not sent any more.
    frontend.upstream.respondWith(serveUi);
    expect((await frontend.ask(SCRIPT)).text).toBe(FILE_TEXT);
    expect(sent().length).toBeLessThan(CLIENTS);
    await eventually(frontend.upstream.open, (open) => open === 0);
  });
});
