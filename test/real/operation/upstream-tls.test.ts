import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { partBinary } from '../harness/build-part.ts';
import { freePort, type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { runProgram, type RunningServer, startServer } from '../harness/processes.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { type LocalFrontend, startLocalFrontend } from './local-frontend.ts';

const TIME = 1_600_000_000;
const SERIES = ['team-a', 'team-b']
  .map((tenant) => `tenant_up{namespace="${tenant}",owner="${tenant}"} 1 ${TIME}\n`)
  .join('');

/** Longest time until rotated files are in use, in milliseconds: they are read twice a minute. */
const ROTATED_WITHIN_MS = 90_000;

interface Report {
  readonly ready: boolean;
  readonly dependencies: readonly { readonly name: string; readonly state: string }[];
}

await describeReal('an upstream behind client certificates', ['prometheus', 'promtool'], () => {
  let folder: TempFolder;
  let server: RunningServer;
  let url: string;
  let current: SelfSigned;

  const path = (name: string): string => join(folder.path, name);

  /** Writes a certificate, its key, and it once more as the authority that has signed it. */
  async function writeCertificate(prefix: string, certificate: SelfSigned): Promise<void> {
    await writeFile(path(`${prefix}.key`), certificate.keyPem);
    await writeFile(path(`${prefix}.crt`), certificate.certPem);
    await writeFile(path(`${prefix}-ca.crt`), certificate.certPem);
  }

  function tls(prefix: string, authority = prefix): object {
    return {
      caFile: path(`${authority}-ca.crt`),
      certFile: path(`${prefix}.crt`),
      keyFile: path(`${prefix}.key`),
      serverName: 'prometheus.monitoring.svc',
    };
  }

  function ready(certificate: SelfSigned): Promise<boolean> {
    return new Promise((resolve) => {
      const { certPem, keyPem } = certificate;
      const servername = 'prometheus.monitoring.svc';
      const client = { ca: certPem, cert: certPem, key: keyPem, servername, agent: false } as const;
      const sent = request(`${url}/-/ready`, client, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      sent.once('error', () => {
        resolve(false);
      });
      sent.end();
    });
  }

  beforeAll(async () => {
    folder = await tempFolder('upstream-tls');
    const port = await freePort();
    url = `https://127.0.0.1:${port}`;
    current = selfSignedCertificate(['prometheus.monitoring.svc']);
    await writeCertificate('server', current);
    await writeCertificate('client', current);
    await writeCertificate('stranger', selfSignedCertificate(['prometheus.monitoring.svc']));
    await writeFile(path('series.om'), `# TYPE tenant_up gauge\n${SERIES}# EOF\n`);
    const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', path('series.om'), path('data')];
    expect(await runProgram(await partBinary('promtool'), blocks)).toMatchObject({ exitCode: 0 });
    const web = {
      tls_server_config: {
        cert_file: path('server.crt'),
        key_file: path('server.key'),
        client_ca_file: path('server-ca.crt'),
        client_auth_type: 'RequireAndVerifyClientCert',
      },
    };
    await writeFile(path('web.yaml'), JSON.stringify(web));
    await writeFile(path('prometheus.yaml'), 'scrape_configs: []\n');
    server = await startServer({
      program: await partBinary('prometheus'),
      args: [
        `--config.file=${path('prometheus.yaml')}`,
        `--storage.tsdb.path=${path('data')}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.config.file=${path('web.yaml')}`,
      ],
      folder: folder.path,
      logFile: path('prometheus.log'),
      isReady: () => ready(current),
    });
  }, 120_000);

  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  /** Waits until the probe shows every upstream in a state. */
  async function showsState(frontend: LocalFrontend, state: string): Promise<unknown> {
    return poll(
      async () => {
        const report = JSON.parse((await frontend.probe()).text) as Report;
        return report.dependencies.every((it) => it.state === state) ? report : undefined;
      },
      { what: `an upstream that is ${state}`, withinMs: ROTATED_WITHIN_MS },
    );
  }

  async function owner(frontend: LocalFrontend): Promise<unknown> {
    const { status, text } = await frontend.query('tenant_up', TIME);
    if (status !== 200) return status;
    return readPath(JSON.parse(text), 'data', 'result', 0, 'metric', 'owner');
  }

  it('answers, for queries and for rules', async () => {
    await using frontend = await startLocalFrontend(url, {
      upstream: { url, tls: tls('client') },
      upstreams: { rules: { url, tls: tls('client') } },
    });
    expect(await showsState(frontend, 'reachable')).toEqual({
      ready: true,
      dependencies: [
        { name: 'upstream', state: 'reachable' },
        { name: 'upstreams.rules', state: 'reachable' },
      ],
    });
    expect(await owner(frontend)).toBe('team-b');
  });

  it.each([
    ['no settings', () => ({})],
    ['another authority', () => ({ tls: tls('client', 'stranger') })],
    ['another client certificate', () => ({ tls: tls('stranger', 'client') })],
    ['another name', () => ({ tls: { ...tls('client'), serverName: 'prometheus' } })],
    ['files that are not there', () => ({ tls: tls('nobody') })],
  ])('is not asked with %s, and nobody is answered', async (_what, settings) => {
    await using frontend = await startLocalFrontend(url, { upstream: { url, ...settings() } });
    expect(await showsState(frontend, 'waiting')).toMatchObject({ ready: false });
    expect(await owner(frontend)).toBe(503);
  });

  it(
    'goes on answering while all certificates are rotated',
    async () => {
      await using frontend = await startLocalFrontend(url, {
        upstream: { url, tls: tls('client') },
      });
      await showsState(frontend, 'reachable');
      expect(await owner(frontend)).toBe('team-b');

      const old = current;
      await writeCertificate('old', old);
      current = selfSignedCertificate(['prometheus.monitoring.svc']);
      await writeCertificate('server', current);
      await writeCertificate('client', current);
      // The server takes none but the new ones now, and the old ones would be of no use any more.
      expect(await ready(old)).toBe(false);
      expect(await ready(current)).toBe(true);
      await using late = await startLocalFrontend(url, { upstream: { url, tls: tls('old') } });
      await showsState(late, 'waiting');
      expect(await owner(late)).toBe(503);

      // Longer than files are remembered, and than it takes to call an upstream away.
      await new Promise((resolve) => setTimeout(resolve, 45_000));
      await showsState(frontend, 'reachable');
      expect(await owner(frontend)).toBe('team-b');
      expect(await owner(late)).toBe(503);
    },
    4 * ROTATED_WITHIN_MS,
  );
});
