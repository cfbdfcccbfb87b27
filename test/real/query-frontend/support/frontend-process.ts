import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selfSignedCertificate } from '../../../support/self-signed.ts';
import { PROJECT } from '../../../support/source-files.ts';
import type { HttpAnswer } from '../../harness/http-request.ts';
import { answersOk } from '../../harness/http-request.ts';
import type { TestCluster } from '../../harness/kubernetes.ts';
import { startServer } from '../../harness/processes.ts';
import { readPath, readString } from '../../harness/read-path.ts';
import { type Question, send } from './question.ts';

/** A query frontend that runs as a process of its own and is ready. */
export interface RunningFrontend {
  readonly pid: number;
  /** Where tenants connect, over TLS. */
  readonly url: string;
  /** The certificates, as PEM, that vouch for it. */
  readonly ca: string;
  readonly operationsUrl: string;
  /** Its audit log, among others. */
  readonly logFile: string;
  readonly ask: (question: Question) => Promise<HttpAnswer>;
  readonly stop: () => Promise<void>;
}

/** What a frontend needs beside its configuration, laid out as files. */
export interface FrontendFiles {
  readonly certPem: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** The token of its ServiceAccount. */
  readonly token: string;
  readonly tokenFile: string;
}

/** Makes a serving certificate, and asks for a token of the frontend's own ServiceAccount. */
export async function writeFrontendFiles(
  cluster: TestCluster,
  account: { readonly namespace: string; readonly name: string },
  folder: string,
): Promise<FrontendFiles> {
  const { certPem, keyPem } = selfSignedCertificate(['127.0.0.1']);
  const token = await cluster.requestToken(account.namespace, account.name);
  const files = {
    certFile: join(folder, 'tls.crt'),
    keyFile: join(folder, 'tls.key'),
    tokenFile: join(folder, 'token'),
  };
  await writeFile(files.certFile, certPem);
  await writeFile(files.keyFile, keyPem, { mode: 0o600 });
  await writeFile(files.tokenFile, token, { mode: 0o600 });
  return { ...files, certPem, token };
}

/**
 * Runs a frontend and waits until it is ready.
 *
 * @param args - The arguments of Node: the program, and what it is given.
 */
export async function runFrontend(
  args: readonly string[],
  { folder, ca }: { readonly folder: string; readonly ca: string },
): Promise<RunningFrontend> {
  const logFile = join(folder, 'query-frontend.log');
  const server = await startServer({
    program: process.execPath,
    args: [...args],
    folder: PROJECT,
    logFile,
    isReady: async () =>
      answersOk(`${readString(await startedEvent(logFile), 'operations')}/-/ready`),
  });
  const started = await startedEvent(logFile);
  const url = readString(started, 'listener');
  return {
    pid: server.pid,
    url,
    ca,
    operationsUrl: readString(started, 'operations'),
    logFile,
    ask: (question) => send({ url, ca }, question),
    stop: server.stop,
  };
}

async function startedEvent(logFile: string): Promise<unknown> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  return lines
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): unknown => JSON.parse(line))
    .find((event) => readPath(event, 'event') === 'started');
}
