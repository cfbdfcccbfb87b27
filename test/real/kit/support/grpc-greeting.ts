import { connect } from 'node:tls';

/** A certificate and its key, as PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

// What every HTTP/2 connection begins with, and an empty frame of settings.
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

/** Says whether a gRPC server talks to a client: whether it answers the beginning of HTTP/2. */
export function talksTo(address: string, ca: string, client?: ClientCertificate): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port),
      ca,
      servername: 'thanos-grpc',
      ALPNProtocols: ['h2'],
      ...client,
    });
    const end = (talks: boolean) => (): void => {
      socket.destroy();
      resolve(talks);
    };
    socket.once('secureConnect', () => socket.write(PREFACE));
    socket.once('data', end(true));
    socket.once('error', end(false));
    socket.once('close', end(false));
  });
}
