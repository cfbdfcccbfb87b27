import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the stub answers a query, chosen by a word in the query's text. */
export type StubBehaviour =
  'small' | 'large' | 'slow' | 'trickle' | 'error' | 'reset' | 'truncated';

/** An upstream of fixed behaviour, which counts what it is asked. */
export interface StubUpstream extends AsyncDisposable {
  readonly url: string;
  /** Requests that have come and whose answer has not ended. */
  readonly inFlight: () => number;
  readonly served: () => number;
}

const BEHAVIOURS: readonly StubBehaviour[] = [
  'large',
  'slow',
  'trickle',
  'error',
  'reset',
  'truncated',
];
const SMALL = matrix(40);
const LARGE = matrix(4_000);

/**
 * Starts the stub on a free port of loopback.
 *
 * @param delayMs - How long a `slow` answer takes, and each piece of a `trickle`.
 */
export async function startStubUpstream(delayMs: number): Promise<StubUpstream> {
  let inFlight = 0;
  let served = 0;
  const server = http.createServer((request, response) => {
    inFlight += 1;
    served += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    let text = request.url ?? '';
    request.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      answer(response, BEHAVIOURS.find((word) => text.includes(word)) ?? 'small', delayMs);
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    inFlight: () => inFlight,
    served: () => served,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function answer(response: ServerResponse, behaviour: StubBehaviour, delayMs: number): void {
  switch (behaviour) {
    case 'small':
      sendWhole(response, 200, SMALL);
      return;
    case 'large':
      sendWhole(response, 200, LARGE);
      return;
    case 'slow':
      setTimeout(() => {
        sendWhole(response, 200, SMALL);
      }, delayMs);
      return;
    case 'trickle':
      trickle(response, delayMs);
      return;
    case 'error':
      sendWhole(response, 500, '{"status":"error","errorType":"internal","error":"planned"}');
      return;
    case 'reset':
      response.socket?.destroy();
      return;
    case 'truncated':
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100000' });
      response.write(SMALL, () => response.socket?.destroy());
      return;
    default:
      behaviour satisfies never;
  }
}

function sendWhole(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
  });
  response.end(body);
}

// Pieces until the other side has gone: an answer that only an abort ends.
function trickle(response: ServerResponse, delayMs: number): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('{"status":"success","data":{"resultType":"matrix","result":[');
  const timer = setInterval(() => {
    response.write('\n');
  }, delayMs);
  response.once('close', () => {
    clearInterval(timer);
  });
}

function matrix(points: number): string {
  const values = Array.from({ length: points }, (_, i) => [1_790_000_000 + 15 * i, String(i)]);
  const result = [{ metric: { __name__: 'up', namespace: 'team-a' }, values }];
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}
