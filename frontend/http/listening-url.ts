import type { Server } from 'node:net';

/**
 * The address of a server as a URL without path, with the port that the system chose.
 *
 * @throws {TypeError} If the server does not listen on a TCP port.
 */
export function listeningUrl(server: Server, scheme: 'http' | 'https', address: string): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') {
    throw new TypeError('the server listens on no TCP port');
  }
  const host = address.includes(':') ? `[${address}]` : address;
  return `${scheme}://${host}:${bound.port}`;
}
