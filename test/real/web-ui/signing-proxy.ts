import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that knows people by a session, and sends on who they are. */
export interface SigningProxy {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The cookie of somebody who is signed in. */
export const SESSION = { name: 'session', value: 'jane-is-signed-in' } as const;

/**
 * Starts a proxy that does what authenticating proxies do: without a session it refuses, with one it
 * passes everything on as it came, the cookie included, and adds `Authorization` and what it knows.
 */
export async function startSigningProxy(targetUrl: string, token: string): Promise<SigningProxy> {
  const { hostname, port } = new URL(targetUrl);
  const server = createServer((incoming, response) => {
    if (incoming.headers.cookie !== `${SESSION.name}=${SESSION.value}`) {
      response.writeHead(401).end('sign in');
      return;
    }
    const headers = {
      ...incoming.headers,
      authorization: `Bearer ${token}`,
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-user': 'jane',
      'x-forwarded-prefix': '/elsewhere',
    };
    const { method, url: path } = incoming;
    const outgoing = request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
