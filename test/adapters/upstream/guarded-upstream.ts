import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SelfSigned } from '../../support/self-signed.ts';

/** An upstream that lets in the holders of one client certificate, and says who they are. */
export interface GuardedUpstream extends AsyncDisposable {
  readonly url: string;
  /** `Authorization` of each request, and the fingerprint of its client certificate. */
  readonly seen: { readonly authorization: string | undefined; readonly shown: string }[];
  /** How many connections there were. */
  readonly connections: () => number;
  /** How many are open. */
  readonly open: () => number;
  /** Lets in the holders of another client certificate. */
  trust(client: SelfSigned): void;
  /** Answers 401 from now on, or no longer. */
  refuseTokens(refused: boolean): void;
  /** Answers nothing before. */
  hold(until: Promise<unknown>): void;
}

/** Starts such an upstream on a free port of the loopback. */
export async function startGuarded(
  server: SelfSigned,
  client: SelfSigned,
): Promise<GuardedUpstream> {
  const seen: GuardedUpstream['seen'] = [];
  let connections = 0;
  let open = 0;
  let refused = false;
  let gate: Promise<unknown> = Promise.resolve();
  const context = (trusted: SelfSigned): https.ServerOptions => ({
    cert: server.certPem,
    key: server.keyPem,
    ca: trusted.certPem,
  });
  const listener = https.createServer({
    ...context(client),
    requestCert: true,
    rejectUnauthorized: true,
  });
  listener.on('secureConnection', (socket) => {
    connections += 1;
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  listener.on('request', (request, response) => {
    const shown = (request.socket as TLSSocket).getPeerCertificate().fingerprint256;
    seen.push({ authorization: request.headers.authorization, shown });
    void gate.then(() => {
      response.writeHead(refused ? 401 : 200, { 'Content-Type': 'application/json' });
      response.end('{"status":"success","data":{}}');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    seen,
    connections: () => connections,
    open: () => open,
    trust: (trusted) => {
      listener.setSecureContext(context(trusted));
    },
    refuseTokens: (it) => {
      refused = it;
    },
    hold: (until) => {
      gate = until;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        listener.close(() => {
          resolve();
        });
        listener.closeAllConnections();
      }),
  };
}
