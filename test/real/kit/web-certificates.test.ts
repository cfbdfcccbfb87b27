import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { printClientConfig } from '../../../lib/prometheus/web-access-fields.ts';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { partBinary } from '../harness/build-part.ts';
import { freePort, type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { runProgram, type RunningServer, startServer } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { startThanos } from '../harness/thanos.ts';

await describeReal(
  'client certificates on the web port',
  ['prometheus', 'promtool', 'thanos'],
  () => {
    let folder: TempFolder;
    let server: RunningServer;
    let port: number;
    let certificate: SelfSigned;
    let clientConfig: string;

    const status = (client: Partial<{ cert: string; key: string }>): Promise<number | string> =>
      new Promise((resolve) => {
        const sent = request(
          {
            host: '127.0.0.1',
            port,
            path: '/-/ready',
            servername: 'localhost',
            ca: certificate.certPem,
            agent: false,
            ...client,
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

    beforeAll(async () => {
      folder = await tempFolder('web-certificates');
      port = await freePort();
      certificate = selfSignedCertificate(['localhost']);
      const file = async (name: string, text: string): Promise<string> => {
        await writeFile(join(folder.path, name), text);
        return join(folder.path, name);
      };
      const cert = await file('tls.crt', certificate.certPem);
      const key = await file('tls.key', certificate.keyPem);
      await file('ca.crt', certificate.certPem);
      // The file that the operator makes of `web.tlsConfig`.
      const web = await file(
        'web.yaml',
        JSON.stringify({
          tls_server_config: {
            cert_file: cert,
            key_file: key,
            client_ca_file: cert,
            client_auth_type: 'RequireAndVerifyClientCert',
            min_version: 'TLS13',
          },
        }),
      );
      clientConfig = await file(
        'client.yaml',
        printClientConfig().replaceAll('/etc/prometheus-tenancy-kit/web-client', folder.path),
      );
      const config = await file('prometheus.yaml', 'global: {external_labels: {cluster: test}}\n');
      const { certPem, keyPem } = certificate;
      server = await startServer({
        program: await partBinary('prometheus'),
        args: [
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(folder.path, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          `--web.config.file=${web}`,
          '--config.auto-reload',
          '--config.auto-reload-interval=1s',
        ],
        folder: folder.path,
        logFile: join(folder.path, 'prometheus.log'),
        isReady: async () => (await status({ cert: certPem, key: keyPem })) === 200,
      });
    });

    afterAll(async () => {
      await server.stop();
      await folder.remove();
    });

    it('keep out whoever shows none, or that of another authority', async () => {
      expect(await status({})).toMatch(/^ERR_SSL|ECONNRESET|EPIPE/);
      const stranger = selfSignedCertificate(['localhost']);
      expect(await status({ cert: stranger.certPem, key: stranger.keyPem })).toMatch(
        /^ERR_SSL|ECONNRESET|EPIPE/,
      );
    });

    it.each(['ready', 'healthy'])(
      'let in the probe that asks whether it is %s',
      async (question) => {
        const args = ['check', question, `--url=https://localhost:${port}`];
        const promtool = await partBinary('promtool');
        const shown = await runProgram(promtool, [...args, `--http.config.file=${clientConfig}`]);
        expect(`${shown.exitCode} ${shown.stderr}`).toMatch(/^0 .*SUCCESS/s);
        expect((await runProgram(promtool, args)).exitCode).not.toBe(0);
      },
    );

    it('let in the sidecar', async () => {
      const sidecar = await startThanos('sidecar', [
        `--prometheus.url=https://localhost:${port}`,
        `--prometheus.http-client-file=${clientConfig}`,
        `--tsdb.path=${join(folder.path, 'data')}`,
      ]);
      await sidecar.stop();
    });

    it('leave Prometheus to notice a changed configuration by itself', async () => {
      const log = join(folder.path, 'prometheus.log');
      const loads = async (): Promise<number> =>
        (await readFile(log, 'utf8')).split('Completed loading of configuration file').length - 1;
      const before = await loads();
      await writeFile(
        join(folder.path, 'prometheus.yaml'),
        'global: {external_labels: {cluster: new}}\n',
      );
      await poll(async () => ((await loads()) > before ? true : undefined), { what: 'a reload' });
    });
  },
);
