import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PrometheusSelfMonitor, TenantPrometheus, WebAccess } from '../../../lib/index.ts';
import { listAt, manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { operatorCrdFolder, partBinary } from '../harness/build-part.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { freePort, type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type RunningServer, startServer } from '../harness/processes.ts';
import {
  awaitConfig,
  type RunningOperator,
  startPrometheusOperator,
} from '../harness/prometheus-operator.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { webSecrets, withCertificateFiles } from '../kit/support/web-secrets.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus',
] as const;

const JOB = 'prometheus-server-tenancy';

await describeReal('a Prometheus that asks for certificates and scrapes itself', PARTS, () => {
  let cluster: TestCluster;
  let operator: RunningOperator;
  let folder: TempFolder;
  let certificate: SelfSigned;
  let server: RunningServer;
  let port: number;

  const ask = (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { certPem, keyPem } = certificate;
      const sent = request(
        {
          host: '127.0.0.1',
          port,
          path,
          servername: 'localhost',
          agent: false,
          ca: certPem,
          cert: certPem,
          key: keyPem,
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => resolve(path.startsWith('/api') ? JSON.parse(text) : text));
        },
      );
      sent.once('error', reject);
      sent.end();
    });

  // What the operator generates of the manifests, with the files that it would mount.
  const generatedConfig = async (): Promise<string> => {
    const chart = platformChart();
    const webAccess = WebAccess.clientCertificates();
    const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main', webAccess });
    void new PrometheusSelfMonitor(chart, 'self', { prometheus });
    await cluster.apply(webSecrets('monitoring', certificate));
    const kinds = ['Prometheus', 'ScrapeConfig', 'ConfigMap', 'ServiceAccount'];
    await cluster.apply(
      manifestsOf(chart)
        .filter(({ kind }) => kinds.includes(kind))
        .map((it) => ({ ...it })),
    );
    const config = await awaitConfig(cluster, { namespace: 'monitoring', name: 'tenancy' }, (it) =>
      it.includes(JOB),
    );
    return (await withCertificateFiles(config, folder.path, certificate))
      .replaceAll('127.0.0.1:9090', `127.0.0.1:${port}`)
      .replaceAll(/scrape_interval: \S+/g, 'scrape_interval: 1s')
      .replaceAll(/scrape_timeout: \S+/g, 'scrape_timeout: 1s');
  };

  beforeAll(async () => {
    folder = await tempFolder('self-monitor');
    port = await freePort();
    certificate = selfSignedCertificate(['localhost']);
    cluster = await startKubeApiserver();
    await cluster.installCrds(await operatorCrdFolder());
    await cluster.createNamespace('monitoring');
    operator = await startPrometheusOperator(cluster);
    const config = join(folder.path, 'prometheus.yaml');
    await writeFile(config, await generatedConfig());
    const files = { cert: join(folder.path, 'web.crt'), key: join(folder.path, 'web.key') };
    await writeFile(files.cert, certificate.certPem);
    await writeFile(files.key, certificate.keyPem);
    const web = join(folder.path, 'web.json');
    await writeFile(
      web,
      JSON.stringify({
        tls_server_config: {
          cert_file: files.cert,
          key_file: files.key,
          client_ca_file: files.cert,
          client_auth_type: 'RequireAndVerifyClientCert',
        },
      }),
    );
    server = await startServer({
      program: await partBinary('prometheus'),
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder.path, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.config.file=${web}`,
      ],
      folder: folder.path,
      logFile: join(folder.path, 'prometheus.log'),
      isReady: async () => String(await ask('/-/ready')).includes('Ready'),
    });
  });

  afterAll(async () => {
    await server.stop();
    await operator.stop();
    await cluster.stop();
    await folder.remove();
  });

  const upIs = (value: string): Promise<unknown> =>
    poll(
      async () => {
        const answer = await ask('/api/v1/query?query=up');
        const found = readPath(answer, 'data', 'result', '0', 'value', '1');
        return found === value ? readPath(answer, 'data', 'result', '0', 'metric') : undefined;
      },
      { what: `up to be ${value}` },
    );

  it('shows its certificate, and stores its metrics under the namespace of the platform', async () => {
    expect(await upIs('1')).toEqual({
      __name__: 'up',
      namespace: 'monitoring',
      job: JOB,
      instance: 'prometheus-tenancy-0',
      pod: 'prometheus-tenancy-0',
    });
  });

  it('would be kept out without one, like every other scrape', async () => {
    const file = join(folder.path, 'prometheus.yaml');
    const config = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const scrapes = listAt(config, 'scrape_configs').map((it) => {
      const { tls_config: _, ...rest } = it as Record<string, unknown>;
      return { ...rest, tls_config: { insecure_skip_verify: true } };
    });
    await writeFile(file, JSON.stringify({ ...config, scrape_configs: scrapes }));
    // Prometheus reads its configuration again on SIGHUP.
    process.kill(server.pid, 'SIGHUP');
    expect(await upIs('0')).toMatchObject({ job: JOB });
  });
});
