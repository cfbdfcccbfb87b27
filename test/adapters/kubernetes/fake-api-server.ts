import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../frontend/access/clock.ts';
import { ApiClient } from '../../../frontend/adapters/kubernetes/api-client.ts';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { FakeClock } from '../../access/fakes.ts';
import { tempFolder, type TempFolder } from '../temp-folder.ts';

/** A request as the fake API server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly headers: IncomingMessage['headers'];
  /** The parsed body, or `undefined` where there was none. */
  readonly body: unknown;
}

/** Answers one request of a test: by an answer, or by hand where it needs the raw response. */
export type Answering = (
  request: SeenRequest,
  response: ServerResponse,
) => FakeAnswer | undefined | Promise<FakeAnswer | undefined>;

/** An answer in JSON, unless the body is a text already. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An HTTPS server on loopback in the place of the API server, and a client that is set up for it. */
export interface FakeApiServer extends AsyncDisposable {
  readonly client: ApiClient;
  readonly clock: FakeClock;
  readonly folder: TempFolder;
  readonly url: string;
  readonly caFile: string;
  readonly tokenFile: string;
  readonly requests: readonly SeenRequest[];
  /** TCP connections that were opened so far. */
  readonly connections: () => number;
  /** Changes how requests are answered. */
  answer(answering: Answering): void;
  /** Serves another certificate from the next connection on, and closes those that exist. */
  replaceCertificate(certificate: SelfSigned): void;
  /** Closes every connection, as a restart would. */
  closeConnections(): void;
}

/** Starts the server. The token of the client is `own-token`, and its timeout half a second. */
export async function startFakeApiServer(
  answering: Answering,
  options: { readonly clock?: Clock } = {},
): Promise<FakeApiServer> {
  const certificate = selfSignedCertificate(['127.0.0.1', 'localhost']);
  const requests: SeenRequest[] = [];
  let current = answering;
  let connections = 0;
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem });
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.on('request', (request, response) => {
    void (async () => {
      const seen = await see(request);
      requests.push(seen);
      const answer = await current(seen, response);
      if (answer === undefined) return;
      const { status = 200, headers = {}, body } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await tempFolder();
  const url = `https://127.0.0.1:${portOf(server.address())}`;
  const caFile = await folder.write('ca.crt', certificate.certPem);
  const tokenFile = await folder.write('token', 'own-token\n');
  const clock = new FakeClock();
  const client = new ApiClient({
    url,
    caFile,
    tokenFile,
    timeoutMs: 500,
    maxSockets: 8,
    clock: options.clock ?? clock,
  });
  return {
    client,
    clock,
    folder,
    url,
    caFile,
    tokenFile,
    requests,
    connections: () => connections,
    answer: (next) => {
      current = next;
    },
    replaceCertificate: ({ certPem, keyPem }) => {
      server.setSecureContext({ cert: certPem, key: keyPem });
      server.closeAllConnections();
    },
    closeConnections: () => {
      server.closeAllConnections();
    },
    [Symbol.asyncDispose]: async () => {
      client.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function see(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization ?? '',
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return address.port;
}
