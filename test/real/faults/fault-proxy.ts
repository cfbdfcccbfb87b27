import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { selfSignedCertificate } from '../../support/self-signed.ts';
import { AnswerBreaker, type AnswerFault } from './answer-breaker.ts';
import { freePort, tempFolder } from '../harness/places.ts';

/** A fault, and the requests whose answers have it. */
export interface PlantedFault {
  readonly fault: AnswerFault;
  /** Matches the targets of these requests: path and query string. */
  readonly on: RegExp;
}

/** Stands before a real server and breaks real answers of it, byte by byte. */
export interface FaultProxy {
  readonly url: string;
  /** The certificate, as PEM, that vouches for it where it has TLS. */
  readonly caFile: string;
  /** The targets of all requests since the last call of {@link FaultProxy.plant}. */
  readonly targets: readonly string[];
  /** The real answers that were broken since then, as the server gave them. */
  readonly broken: readonly string[];
  /** Breaks the answers of requests that begin from now on; without a fault they pass. */
  readonly plant: (planted?: PlantedFault) => void;
  readonly stop: () => Promise<void>;
}

interface State {
  planted: PlantedFault | undefined;
  readonly targets: string[];
  readonly broken: string[];
}

interface Hop {
  readonly state: State;
  /** The side of the client: what bytes go through, and the connection below it. */
  readonly client: Socket;
  readonly raw: Socket;
  readonly server: Socket;
}

const REQUEST_LINE = /^(?:GET|POST|PUT|PATCH|DELETE) (\S+) HTTP\/1\.1\r\n/;

/**
 * Starts a proxy on a port of its own.
 *
 * @param targetUrl - The real server. Before one with TLS the proxy has TLS as well, with a
 *   certificate of its own.
 * @param ca - The certificates, as PEM, that vouch for the real server.
 */
export async function startFaultProxy(targetUrl: string, ca?: string): Promise<FaultProxy> {
  const { hostname, port, protocol } = new URL(targetUrl);
  const isTls = protocol === 'https:';
  const target = { host: hostname, port: Number(port) };
  const { certPem, keyPem } = selfSignedCertificate(['127.0.0.1']);
  const folder = await tempFolder('fault-proxy');
  const caFile = join(folder.path, 'ca.crt');
  await writeFile(caFile, certPem);
  const state: State = { planted: undefined, targets: [], broken: [] };
  const sockets = new Set<Socket>();
  const server = createServer((raw) => {
    const client = isTls ? new TLSSocket(raw, { isServer: true, cert: certPem, key: keyPem }) : raw;
    const upstream = isTls
      ? connectTls({ ...target, ...(ca !== undefined && { ca }) })
      : connect(target);
    for (const socket of new Set([raw, client, upstream])) {
      sockets.add(socket);
      // What breaks on one side is seen on the other; the test judges what the frontend makes of it.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    relay({ state, client, raw, server: upstream });
  });
  const ownPort = await freePort();
  server.listen(ownPort, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${protocol}//127.0.0.1:${ownPort}`,
    caFile,
    targets: state.targets,
    broken: state.broken,
    plant: (planted) => {
      state.planted = planted;
      state.targets.length = 0;
      state.broken.length = 0;
    },
    stop: async () => {
      await stop(server, sockets);
      await folder.remove();
    },
  };
}

function relay({ state, client, raw, server }: Hop): void {
  let breaker: AnswerBreaker | undefined;
  client.on('data', (bytes: Buffer) => {
    const target = REQUEST_LINE.exec(bytes.toString('latin1'))?.[1];
    if (target !== undefined) {
      state.targets.push(target);
      const { planted } = state;
      const isBroken = planted?.on.test(target) === true;
      breaker = isBroken ? new AnswerBreaker(planted.fault) : undefined;
      if (isBroken) state.broken.push('');
    }
    server.write(bytes);
  });
  server.on('data', (bytes: Buffer) => {
    if (breaker === undefined) {
      client.write(bytes);
      return;
    }
    state.broken.push(`${state.broken.pop() ?? ''}${bytes.toString('utf8')}`);
    const { send, end } = breaker.next(bytes);
    if (end === 'reset') {
      // What was sent before has to leave before the reset does.
      client.write(send, () => raw.resetAndDestroy());
    } else if (end === 'close') {
      client.end(send);
    } else {
      client.write(send);
    }
  });
}

function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    for (const socket of sockets) socket.destroy();
  });
}
