import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { Issued } from '../../support/issued-certificate.ts';

/**
 * Whether this Node tells a server which intermediate authorities a client sent. Node 24.21 and some
 * releases before 26.10 do not (nodejs/node#65579), so nothing that goes over one can be followed.
 *
 * @param server - The certificate of the server.
 * @param client - That of the client, with the intermediate behind it, which `root` issued.
 */
export async function tellsIntermediates(
  root: Issued,
  server: Issued,
  client: Issued,
): Promise<boolean> {
  const listener = tls.createServer({
    ca: root.certPem,
    cert: server.certPem,
    key: server.keyPem,
    requestCert: true,
    rejectUnauthorized: false,
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    ca: root.certPem,
    cert: client.certPem,
    key: client.keyPem,
    // Whom it talks to does not matter here, only what it sends.
    rejectUnauthorized: false,
  });
  try {
    const [accepted] = (await once(listener, 'secureConnection')) as [tls.TLSSocket];
    const told = accepted.getPeerX509Certificate()?.issuerCertificate !== undefined;
    accepted.destroy();
    return told;
  } finally {
    socket.destroy();
    listener.close();
  }
}
