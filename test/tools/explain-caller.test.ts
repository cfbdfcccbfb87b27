import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TOKEN_VARIABLE } from '../../frontend/tools/explain/caller.ts';
import { type TempFolder, tempFolder } from '../adapters/temp-folder.ts';
import {
  type CertifiedFrontend,
  startCertifiedFrontend,
} from '../http/harness/certified-frontend.ts';
import { READER } from '../http/harness/frontend.ts';
import { type Ended, startProgram } from '../roles/program.ts';
import { issueCertificate, subjectOf } from '../support/issued-certificate.ts';

// Each of these starts a process.
jest.setTimeout(30_000);

let certified: CertifiedFrontend;
let folder: TempFolder;

beforeAll(async () => {
  folder = await tempFolder();
  certified = await startCertifiedFrontend();
  const { certPem, keyPem } = issueCertificate(subjectOf('joe', 'readers'), {
    issuer: certified.clientCa,
  });
  await writeFile(file('ca.crt'), certified.ca);
  await writeFile(file('joe.crt'), certPem);
  await writeFile(file('joe.key'), keyPem, { mode: 0o600 });
});

afterAll(async () => {
  await certified[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const file = (name: string): string => join(folder.path, name);

async function explain(...args: readonly string[]): Promise<Ended> {
  const { url } = certified.frontend;
  const all = ['explain', '--url', url, '--ca-file', file('ca.crt'), '--namespace', 'team-a'];
  await using program = startProgram([...all, ...args], { [TOKEN_VARIABLE]: READER });
  return await program.ended;
}

describe('whoever asks for an explanation', () => {
  it('may show a client certificate, whatever token the environment holds', async () => {
    const ended = await explain('--cert-file', file('joe.crt'), '--key-file', file('joe.key'));
    expect(ended).toMatchObject({ exitCode: 0, errors: '' });
    expect(ended.output).toContain('you are      joe (certificate)\n');
    expect(ended.output).toContain('groups       readers, system:authenticated\n');
    expect(ended.output).toContain('namespace    team-a: allowed (live)\n');
  });

  it('is known by the token without one', async () => {
    expect((await explain()).output).toContain('you are      jane (live)\n');
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a certificate without its key', ['--cert-file', 'x'], /belong together/],
    ['a key without its certificate', ['--key-file', 'x'], /belong together/],
    [
      'a certificate beside a file with a token',
      ['--cert-file', 'x', '--key-file', 'x', '--token-file', 'x'],
      /not both/,
    ],
    [
      'a certificate that is not there',
      ['--cert-file', '/nowhere/x', '--key-file', '/nowhere/x'],
      /cannot be read/,
    ],
  ])('does not use it right with %s', async (_what, args, message) => {
    const { exitCode, errors } = await explain(...args);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });
});
