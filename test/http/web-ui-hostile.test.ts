import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProxiedFiles } from '../../frontend/adapters/web-ui/proxied-files.ts';
import type { Answer } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { type Frontend, startFrontend } from './harness/frontend.ts';

const FILE = '/namespaces/team-a/static/js/main.83209ede.js';
const SCRIPT = 'Content-Type: text/javascript\r\n';

/** How an upstream ends a connection, after its bytes. */
type Ending = 'closed' | 'reset' | 'held open';

let bytes = '';
let ending: Ending = 'closed';
const sockets = new Set<net.Socket>();
const server = net.createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
  socket.once('data', () => {
    socket.write(bytes, 'latin1', () => {
      if (ending === 'closed') socket.end();
      if (ending === 'reset') socket.resetAndDestroy();
    });
  });
});

let frontend: Frontend;

beforeAll(async () => {
  const listening = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => {
    listening.resolve(undefined);
  });
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('it has no port');
  const url = `http://127.0.0.1:${address.port}`;
  frontend = await startFrontend({
    deadlineMs: 1_000,
    openWebUi: () => createProxiedFiles({ upstream: { url }, env: {} }),
  });
});

afterAll(async () => {
  await frontend[Symbol.asyncDispose]();
  server.close();
});

async function fileOf(sent: string, how: Ending = 'closed'): Promise<Answer> {
  bytes = sent;
  ending = how;
  const answer = await frontend.ask(FILE);
  await eventually(
    () => sockets.size,
    (open) => open === 0,
  );
  return answer;
}

const ok = (headers: string, body = 'ok'): string =>
  `HTTP/1.1 200 OK\r\n${SCRIPT}${headers}\r\n${body}`;

describe('an upstream that does not keep to the protocol', () => {
  it.each<[string, string, Ending, string]>([
    ['switches protocols', '503', 'held open', 'HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nx'], // prettier-ignore
    ['frames its body in two ways', '503', 'closed', ok('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '2\r\nok\r\n0\r\n\r\n')], // prettier-ignore
    ['says two lengths', '503', 'closed', ok('Content-Length: 2\r\nContent-Length: 3\r\n')],
    ['says a negative length', '503', 'closed', ok('Content-Length: -2\r\n')],
    ['says no length', '502', 'closed', ok('')],
    ['compresses what it cuts in chunks', '502', 'closed', ok('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')], // prettier-ignore
    ['speaks HTTP/1.0', '502', 'closed', ok('').replace('1.1', '1.0')],
    ['sends headers without end', '503', 'closed', ok(`X: ${'y'.repeat(70_000)}\r\n`)],
    ['says two types in one', '502', 'closed', ok('Content-Length: 2\r\n').replace('javascript', 'javascript, text/html')], // prettier-ignore
    ['speaks something else', '503', 'closed', 'SSH-2.0-OpenSSH\r\n'],
    ['says nothing', '503', 'closed', ''],
    ['stops in its headers', '504', 'held open', 'HTTP/1.1 200 OK\r\nX'],
    ['asks for a password of its own', '502', 'closed', 'HTTP/1.1 407 P\r\nContent-Length: 0\r\n\r\n'], // prettier-ignore
    ['sends callers elsewhere', '502', 'closed', 'HTTP/1.1 301 M\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n'], // prettier-ignore
  ])('gets an error of ours for the caller where it %s', async (_what, status, how, sent) => {
    const answer = await fileOf(sent, how);
    expect([String(answer.status), answer.isWhole]).toEqual([status, true]);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'error' });
    expect(answer.text).not.toContain('192.0.2.1');
  });

  it.each<[string, string, Ending]>([
    ['ends', ok('Content-Length: 20\r\n'), 'closed'],
    ['resets the connection', ok('Content-Length: 20\r\n'), 'reset'],
    ['falls silent', ok('Content-Length: 20\r\n'), 'held open'],
    ['writes a chunk that is none', ok('Transfer-Encoding: chunked\r\n', '2\r\nok\r\nZZ\r\n'), 'closed'], // prettier-ignore
  ])('never looks whole where it %s in the middle of a file', async (_what, sent, how) => {
    const answered = fileOf(sent, how).then(
      ({ isWhole }) => isWhole,
      // The connection may end before the first byte of an answer.
      () => false,
    );
    expect(await answered).toBe(false);
  });

  it('gives the caller one file, and no header, trailer or second answer of its own', async () => {
    const headers = [
      'Link: <https://elsewhere>; rel=preload',
      'Service-Worker-Allowed: /',
      'SourceMap: https://elsewhere',
      'Clear-Site-Data: "*"',
      'Trailer: Set-Cookie',
      'Transfer-Encoding: chunked',
    ];
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: <https://elsewhere>\r\n\r\n';
    const chunked = '2\r\nok\r\n0\r\nSet-Cookie: a=b\r\n\r\n';
    const sent = ok(headers.map((line) => `${line}\r\n`).join(''), chunked);
    const answer = await fileOf(early + sent + ok('Content-Length: 6\r\n', 'second'));
    expect([answer.status, answer.isWhole, answer.text]).toEqual([200, true, 'ok']);
    expect(JSON.stringify(answer.headers)).not.toMatch(/elsewhere|a=b|service-worker|clear-site/i);
  });

  it('leaves no defect', () => {
    expect(frontend.log.filter(({ event }) => event === 'defect')).toEqual([]);
  });
});
