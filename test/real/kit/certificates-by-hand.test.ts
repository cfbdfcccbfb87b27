import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SelfSigned } from '../../support/self-signed.ts';
import { PROJECT } from '../../support/source-files.ts';
import { textsAt } from '../../lib/support/manifests.ts';
import { partBinary } from '../harness/build-part.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import {
  type GuardedPrometheus,
  REFUSED,
  startGuardedPrometheus,
} from './support/guarded-prometheus.ts';

/** What the recipe has put into a Secret. */
interface WrittenSecret extends SelfSigned {
  readonly authority: string;
}

const text = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString();

/** Runs the one block of commands of the document with a `kubectl` in the words of the shell. */
async function runBlock(kubectl: string): ReturnType<typeof runProgram> {
  const document = await readFile(join(PROJECT, 'docs/certificates.md'), 'utf8');
  const blocks = [...document.matchAll(/^```sh\n([\s\S]*?)^```$/gm)];
  expect(blocks).toHaveLength(1);
  return runProgram('/bin/sh', ['-c', `kubectl() { ${kubectl}; }\n${blocks[0]?.[1] ?? ''}`]);
}

/** Follows the document as far as the API server, and gives the Secrets that it would be sent. */
async function followDocument(): Promise<ReadonlyMap<string, WrittenSecret>> {
  const { exitCode, stderr, stdout } = await runBlock(
    `'${await partBinary('kubectl')}' "$@" --dry-run=client -o json && echo ---`,
  );
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  const secrets = stdout
    .split('---\n')
    .filter((part) => part.trim() !== '')
    .map((part): unknown => JSON.parse(part));
  return new Map(
    secrets.map((secret) => {
      const data = textsAt(secret, 'data');
      return [
        textsAt(secret, 'metadata')['name'] ?? '',
        {
          certPem: text(data['tls.crt']),
          keyPem: text(data['tls.key']),
          authority: text(data['ca.crt']),
        },
      ];
    }),
  );
}

await describeReal(
  'certificates of the web port that are made by hand',
  ['openssl', 'kubectl', 'prometheus', 'promtool'],
  () => {
    let prometheus: GuardedPrometheus;
    let server: WrittenSecret;
    let client: WrittenSecret;

    beforeAll(async () => {
      const secrets = await followDocument();
      expect([...secrets.keys()]).toEqual(['prometheus-web-tls', 'prometheus-web-client-tls']);
      [server, client] = [...secrets.values()] as [WrittenSecret, WrittenSecret];
      prometheus = await startGuardedPrometheus({ server, client, authority: server.authority });
    });

    afterAll(async () => {
      await prometheus.stop();
    });

    it('are of one authority', () => {
      expect(client.authority).toBe(server.authority);
    });

    it('let in who shows that of the client, and nobody without', async () => {
      expect(await prometheus.status(server.authority, client)).toBe(200);
      expect(await prometheus.status(server.authority)).toMatch(REFUSED);
    });

    it('do not let in who shows that of the server', async () => {
      expect(await prometheus.status(server.authority, server)).toMatch(REFUSED);
    });

    it('are not made by halves: the commands end where the first Secret is refused', async () => {
      const { exitCode, stdout } = await runBlock('echo "$6"; return 1');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'prometheus-web-tls\n' });
    });

    it('satisfy the probe', async () => {
      const { exitCode } = await runProgram(await partBinary('promtool'), [
        'check',
        'ready',
        `--url=https://localhost:${prometheus.port}`,
        `--http.config.file=${prometheus.clientConfig}`,
      ]);
      expect(exitCode).toBe(0);
    });
  },
);
