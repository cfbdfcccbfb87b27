import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it reached the upstream. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  /** Parameters of the URL and the form, in order. */
  readonly parameters: readonly (readonly [string, string])[];
  /** Header names in lower case, with their values. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one request. */
export type Responder = (response: ServerResponse, recorded: Recorded) => void;

/** An upstream that writes down what it is asked. */
export interface RecordingUpstream extends AsyncDisposable {
  readonly url: string;
  readonly recorded: readonly Recorded[];
  /** How many requests were broken off by the other side before they were answered. */
  readonly abandoned: () => number;
  /** How many connections were ever opened. */
  readonly connections: () => number;
  /** How many connections are open. */
  readonly open: () => number;
  respondWith(responder: Responder): void;
}

/** What the upstream answers unless it is told otherwise. */
export const SUCCESS = '{"status":"success","data":{"resultType":"vector","result":[]}}';

/** Answers with a JSON text in one piece. */
export function json(body: string, status = 200): Responder {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body);
  };
}

/** Starts a recording upstream on a free port of the loopback. */
export async function startUpstream(): Promise<RecordingUpstream> {
  const recorded: Recorded[] = [];
  let responder = json(SUCCESS);
  let abandoned = 0;
  let connections = 0;
  let open = 0;
  const server = http.createServer({ keepAliveTimeout: 60_000 });
  server.on('connection', (socket) => {
    connections += 1;
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
  });
  server.on('request', (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    readRequest(request).then(
      (it) => {
        recorded.push(it);
        responder(response, it);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    recorded,
    abandoned: () => abandoned,
    connections: () => connections,
    open: () => open,
    respondWith: (next) => {
      responder = next;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function readRequest(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const headers: Record<string, string> = {};
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    headers[(request.rawHeaders[i] ?? '').toLowerCase()] = request.rawHeaders[i + 1] ?? '';
  }
  const parameters = [...new URLSearchParams(search), ...new URLSearchParams(body)];
  return { method: request.method ?? '', path, search, parameters, headers, body };
}
