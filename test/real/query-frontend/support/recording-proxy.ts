import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { INSPECTED_PATHS } from '../../../../frontend/adapters/upstream/http-inspector.ts';
import { freePort } from '../../harness/places.ts';

/** A request as it came to the upstream. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  /** Names, in lower case, and values. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Stands before an upstream and writes down every request but those that ask how it is. */
export interface RecordingProxy {
  readonly url: string;
  /** Everything that came since the start or the last {@link RecordingProxy.forget}. */
  readonly requests: readonly RecordedRequest[];
  readonly forget: () => void;
  /** Sends what comes from now on to another upstream. */
  readonly pointTo: (targetUrl: string) => void;
  /** Listens no more; what is under way is cut off. */
  readonly stop: () => Promise<void>;
  /** Listens again, at the same address. */
  readonly start: () => Promise<void>;
}

/** Starts a proxy on a port of its own. An upstream that does not answer is a connection cut off. */
export async function startRecordingProxy(targetUrl: string): Promise<RecordingProxy> {
  const port = await freePort();
  const requests: RecordedRequest[] = [];
  let target = targetUrl;
  const server = createServer((incoming, response) => {
    relay(incoming, response, { target, requests }).catch(() => response.destroy());
  });
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    forget: () => {
      requests.length = 0;
    },
    pointTo: (url) => {
      target = url;
    },
    start,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function relay(
  incoming: IncomingMessage,
  response: ServerResponse,
  { target, requests }: { readonly target: string; readonly requests: RecordedRequest[] },
): Promise<void> {
  let body = '';
  incoming.setEncoding('utf8');
  for await (const part of incoming as AsyncIterable<string>) body += part;
  const { method = '', url = '', headers } = incoming;
  const isInspection = Object.values(INSPECTED_PATHS).some((path) => path === url);
  if (!isInspection) requests.push({ method, url, headers: joined(headers), body });
  const { hostname, port } = new URL(target);
  await new Promise<void>((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method,
        path: url,
        headers: { ...headers, host: `${hostname}:${port}` },
        agent: false,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
        answer.on('end', resolve).on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function joined(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]),
  );
}
