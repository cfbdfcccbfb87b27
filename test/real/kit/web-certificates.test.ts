import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { partBinary } from '../harness/build-part.ts';
import { poll } from '../harness/poll.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { startThanos } from '../harness/thanos.ts';
import {
  type GuardedPrometheus,
  REFUSED,
  startGuardedPrometheus,
} from './support/guarded-prometheus.ts';

await describeReal(
  'client certificates on the web port',
  ['prometheus', 'promtool', 'thanos'],
  () => {
    let prometheus: GuardedPrometheus;
    let certificate: SelfSigned;

    const status = (client?: SelfSigned): Promise<number | string> =>
      prometheus.status(certificate.certPem, client);

    beforeAll(async () => {
      certificate = selfSignedCertificate(['localhost']);
      prometheus = await startGuardedPrometheus({
        server: certificate,
        client: certificate,
        authority: certificate.certPem,
      });
    });

    afterAll(async () => {
      await prometheus.stop();
    });

    it('keep out whoever shows none, or that of another authority', async () => {
      expect(await status()).toMatch(REFUSED);
      expect(await status(selfSignedCertificate(['localhost']))).toMatch(REFUSED);
    });

    it.each(['ready', 'healthy'])(
      'let in the probe that asks whether it is %s',
      async (question) => {
        const args = ['check', question, `--url=https://localhost:${prometheus.port}`];
        const promtool = await partBinary('promtool');
        const shown = await runProgram(promtool, [
          ...args,
          `--http.config.file=${prometheus.clientConfig}`,
        ]);
        expect(`${shown.exitCode} ${shown.stderr}`).toMatch(/^0 .*SUCCESS/s);
        expect((await runProgram(promtool, args)).exitCode).not.toBe(0);
      },
    );

    it('let in the sidecar', async () => {
      const sidecar = await startThanos('sidecar', [
        `--prometheus.url=https://localhost:${prometheus.port}`,
        `--prometheus.http-client-file=${prometheus.clientConfig}`,
        `--tsdb.path=${join(prometheus.folder, 'data')}`,
      ]);
      await sidecar.stop();
    });

    // The last one that shows the first certificate.
    it('are read anew when they were renewed', async () => {
      const first = certificate;
      certificate = selfSignedCertificate(['localhost']);
      for (const file of ['tls.crt', 'ca.crt']) {
        await writeFile(join(prometheus.folder, file), certificate.certPem);
      }
      await writeFile(join(prometheus.folder, 'tls.key'), certificate.keyPem);
      expect(await status(certificate)).toBe(200);
      expect(await status(first)).toMatch(REFUSED);
    });

    it('leave Prometheus to notice a changed configuration by itself', async () => {
      const log = join(prometheus.folder, 'prometheus.log');
      const loads = async (): Promise<number> =>
        (await readFile(log, 'utf8')).split('Completed loading of configuration file').length - 1;
      const before = await loads();
      await writeFile(
        join(prometheus.folder, 'prometheus.yaml'),
        'global: {external_labels: {cluster: new}}\n',
      );
      await poll(async () => ((await loads()) > before ? true : undefined), { what: 'a reload' });
    });
  },
);
