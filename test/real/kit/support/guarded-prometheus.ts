import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { printClientConfig } from '../../../../lib/prometheus/web-access-fields.ts';
import type { SelfSigned } from '../../../support/self-signed.ts';
import { partBinary } from '../../harness/build-part.ts';
import { freePort, tempFolder } from '../../harness/places.ts';
import { startServer } from '../../harness/processes.ts';

/** The certificates of both ends, PEM. */
export interface WebCertificateFiles {
  readonly server: SelfSigned;
  readonly client: SelfSigned;
  /** The authority of both. */
  readonly authority: string;
}

/** A Prometheus whose web port asks for certificates, as `WebAccess.clientCertificates` has it. */
export interface GuardedPrometheus {
  readonly port: number;
  /** Its working folder, in which `tls.crt` and `tls.key` are its certificate and `data` its database. */
  readonly folder: string;
  /** The file that tells the sidecar and the probes how to speak to it. */
  readonly clientConfig: string;
  /** Asks it, and gives the status or what the connection ended with. */
  readonly status: (authority: string, client?: SelfSigned) => Promise<number | string>;
  readonly stop: () => Promise<void>;
}

/** What a connection ends with whose certificate is not taken. */
export const REFUSED: RegExp = /^ERR_SSL|ECONNRESET|EPIPE/;

/** Starts one that looks for a changed configuration each second. */
export async function startGuardedPrometheus(
  certificates: WebCertificateFiles,
): Promise<GuardedPrometheus> {
  const folder = await tempFolder('web-certificates');
  const port = await freePort();
  const { authority, client, server } = certificates;
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder.path, name), text);
    return join(folder.path, name);
  };
  // The file that the operator makes of `web.tlsConfig`.
  const web = {
    tls_server_config: {
      cert_file: await file('tls.crt', server.certPem),
      key_file: await file('tls.key', server.keyPem),
      client_ca_file: await file('ca.crt', authority),
      client_auth_type: 'RequireAndVerifyClientCert',
      min_version: 'TLS13',
    },
  };
  const clientConfig = await file(
    'client.yaml',
    printClientConfig()
      .replaceAll('/etc/prometheus-tenancy-kit/web-client/ca', join(folder.path, 'ca'))
      .replaceAll('/etc/prometheus-tenancy-kit/web-client/tls', join(folder.path, 'client')),
  );
  await file('client.crt', client.certPem);
  await file('client.key', client.keyPem);
  const config = await file('prometheus.yaml', 'global: {external_labels: {cluster: test}}\n');
  const status: GuardedPrometheus['status'] = (ca, shown) => statusOf(port, ca, shown);
  const running = await startServer({
    program: await partBinary('prometheus'),
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.config.file=${await file('web.yaml', JSON.stringify(web))}`,
      '--config.auto-reload',
      '--config.auto-reload-interval=1s',
    ],
    folder: folder.path,
    logFile: join(folder.path, 'prometheus.log'),
    isReady: async () => (await status(authority, client)) === 200,
  });
  const stop = async (): Promise<void> => {
    await running.stop();
    await folder.remove();
  };
  return { port, folder: folder.path, clientConfig, status, stop };
}

function statusOf(port: number, ca: string, client?: SelfSigned): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: '/-/ready',
        servername: 'localhost',
        ca,
        agent: false,
        ...(client !== undefined && { cert: client.certPem, key: client.keyPem }),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    sent.end();
  });
}
