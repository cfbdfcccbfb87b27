import { execFileSync } from 'node:child_process';
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { selfSignedCertificate } from '../support/self-signed.ts';
import { eventually } from './harness/eventually.ts';
import { type Frontend, startFrontend } from './harness/frontend.ts';
import { connectRaw, exchangeRaw, getRequest } from './harness/raw-socket.ts';
import { SUCCESS } from './harness/recording-upstream.ts';

const QUERY = '/api/v1/query?namespace=team-a&query=up';

let folder: string;
let frontend: Frontend;
let ca: string;
let isInUse: boolean | undefined;

async function writeCertificate(): Promise<string> {
  const { certPem, keyPem } = selfSignedCertificate(['127.0.0.1']);
  await writeFile(join(folder, 'tls.crt'), certPem);
  await writeFile(join(folder, 'tls.key'), keyPem);
  return certPem;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listener-tls-'));
  ca = await writeCertificate();
  frontend = await startFrontend({
    certificateCheckMs: 10,
    onCertificate: (it) => {
      isInUse = it;
    },
    listener: {
      tls: { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') },
      headersTimeoutMs: 1_500,
    },
  });
});

afterEach(async () => {
  await frontend[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function failure(options: tls.ConnectionOptions): Promise<string> {
  const socket = tls.connect({ port: frontend.port, host: '127.0.0.1', ca, ...options });
  return new Promise((resolve) => {
    socket.on('secureConnect', () => {
      resolve(`connected with ${socket.getProtocol() ?? ''}`);
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
  });
}

describe('a listener with a certificate', () => {
  it('speaks TLS', async () => {
    expect(frontend.url).toMatch(/^https:/);
    expect(await frontend.ask(QUERY, { ca })).toMatchObject({ status: 200, text: SUCCESS });
  });

  it('speaks no version before 1.2', async () => {
    expect(await failure({})).toBe('connected with TLSv1.3');
    const old = await failure({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    expect(old).toMatch(/^(?:ERR_SSL|ERR_TLS|ECONNRESET)/);
  });

  it('speaks no HTTP/2', async () => {
    expect(await failure({ ALPNProtocols: ['h2'] })).toMatch(/^(?:ERR_SSL|ECONNRESET)/);
  });

  it('gives plain HTTP no answer', async () => {
    expect(await exchangeRaw(frontend.port, getRequest(QUERY))).not.toContain('HTTP/1.1');
  });

  it('cuts off who does not finish the handshake', async () => {
    using raw = await connectRaw(frontend.port);
    raw.send('\x16');
    await raw.end();
    expect(raw.received()).toBe('');
  });

  it('takes a renewed certificate without a restart', async () => {
    const renewed = await writeCertificate();
    const renewals = (): number =>
      frontend.log.filter(({ event }) => event === 'certificate_renewed').length;
    await eventually(renewals, (count) => count > 0);
    await eventually(
      () => frontend.log.at(-1)?.event,
      (event) => event === 'certificate_renewed',
    );
    expect(await frontend.ask(QUERY, { ca: renewed })).toMatchObject({ status: 200 });
    await expect(frontend.ask(QUERY, { ca })).rejects.toMatchObject({ code: /CERT|SIGN/ });
  });

  it('keeps its certificate while a key is half written, and takes it once it is whole', async () => {
    const { certPem, keyPem } = selfSignedCertificate(['127.0.0.1']);
    await writeFile(join(folder, 'tls.key'), keyPem.slice(0, keyPem.length / 2));
    await writeFile(join(folder, 'tls.crt'), certPem);
    await eventually(
      () => isInUse,
      (it) => it === false,
    );
    expect(await frontend.ask(QUERY, { ca })).toMatchObject({ status: 200 });
    await writeFile(join(folder, 'tls.key'), keyPem);
    await eventually(
      () => isInUse,
      (it) => it === true,
    );
    expect(await frontend.ask(QUERY, { ca: certPem })).toMatchObject({ status: 200 });
  });

  it.each(['tls.key', 'tls.crt'])('keeps its certificate while %s is empty', async (name) => {
    await eventually(
      () => isInUse,
      (it) => it === true,
    );
    await writeFile(join(folder, name), '');
    await eventually(
      () => isInUse,
      (it) => it === false,
    );
    expect(await frontend.ask(QUERY, { ca })).toMatchObject({ status: 200 });
  });

  it('keeps its certificate while the files do not fit together', async () => {
    await writeFile(join(folder, 'tls.key'), selfSignedCertificate(['127.0.0.1']).keyPem);
    await eventually(
      () => frontend.log.at(-1)?.event,
      (event) => event === 'certificate_unusable',
    );
    expect(await frontend.ask(QUERY, { ca })).toMatchObject({ status: 200 });
    await eventually(
      () => isInUse,
      (it) => it === false,
    );
    await writeCertificate();
    await eventually(
      () => isInUse,
      (it) => it === true,
    );
  });

  it('looks at its files one time after the other, however long that takes', async () => {
    const certFile = join(folder, 'tls.crt');
    const [pipe, copy] = [join(folder, 'pipe'), join(folder, 'copy.crt')];
    // Who reads a pipe waits for a writer, as on a file system that hangs.
    execFileSync('mkfifo', [pipe]);
    await copyFile(certFile, copy);
    await rename(pipe, certFile);
    // Tens of looks later: if each of them waited, nothing would be left that could read a file.
    await setTimeout(500);
    isInUse = undefined;
    const next = selfSignedCertificate(['127.0.0.1']);
    const work = writeFile(join(folder, 'next.key'), next.keyPem).then(() => 'written');
    const outcome = await Promise.race([work, setTimeout(3_000, 'stuck', { ref: false })]);
    const writer = openSync(certFile, 'r+');
    // Nobody may open the pipe again behind the one who waits for it.
    renameSync(copy, certFile);
    writeSync(writer, ca);
    closeSync(writer);
    expect(outcome).toBe('written');
    await eventually(
      () => isInUse,
      (it) => it === true,
    );
  }, 20_000);
});
