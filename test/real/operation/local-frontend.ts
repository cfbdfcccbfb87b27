import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../support/source-files.ts';
import { answersOk, type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import { freePort, tempFolder } from '../harness/places.ts';
import { startServer } from '../harness/processes.ts';

const API_VERSION = 'prometheus-tenancy-kit/v1alpha1';

/** A query frontend with static tokens that is healthy, and ready or not. */
export interface LocalFrontend extends AsyncDisposable {
  /** The port that tenants connect to, on the loopback. */
  readonly port: number;
  /** The header `Authorization` of the reader of `team-b`. */
  readonly authorization: string;
  /** What `/-/ready` answers. */
  readonly probe: () => Promise<HttpAnswer>;
  /** Asks a PromQL query as a reader of `team-b`. */
  readonly query: (query: string, time: number) => Promise<HttpAnswer>;
  readonly metrics: () => Promise<string>;
}

/** Members of a configuration. Those of the listener are put beside its address and its port. */
export type LocalSettings = Readonly<Record<string, object>>;

/**
 * Starts a frontend before an upstream, and does not wait until it is ready.
 *
 * @param settings - Further members of its configuration.
 */
export async function startLocalFrontend(
  upstreamUrl: string,
  settings: LocalSettings = {},
): Promise<LocalFrontend> {
  const { listener = {}, ...others } = settings;
  const folder = await tempFolder('operation-frontend');
  const token = randomBytes(24).toString('base64url');
  const [port, operationsPort] = [await freePort(), await freePort()];
  const operations = `http://127.0.0.1:${operationsPort}`;
  const tokensFile = join(folder.path, 'tokens.json');
  const configFile = join(folder.path, 'config.json');
  const grant = { token, username: 'reader', namespaces: ['team-b'] };
  const tokens = { apiVersion: API_VERSION, kind: 'StaticTokens', tokens: [grant] };
  await writeFile(tokensFile, JSON.stringify(tokens), { mode: 0o600 });
  const config = {
    apiVersion: API_VERSION,
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1', port, ...listener },
    operations: { address: '127.0.0.1', port: operationsPort },
    upstream: { url: upstreamUrl },
    access: { kind: 'staticTokens', file: tokensFile },
    ...others,
  };
  await writeFile(configFile, JSON.stringify(config));
  try {
    const server = await startServer({
      program: process.execPath,
      args: [join(PROJECT, 'frontend/main.ts'), 'query-frontend', '--config', configFile],
      folder: folder.path,
      logFile: join(folder.path, 'frontend.log'),
      isReady: () => answersOk(`${operations}/-/healthy`),
    });
    const authorization = `Bearer ${token}`;
    return {
      port,
      authorization,
      probe: () => sendRequest({ url: `${operations}/-/ready` }),
      query: (query, time) => {
        const form = new URLSearchParams({ namespace: 'team-b', query, time: String(time) });
        const url = `http://127.0.0.1:${port}/api/v1/query?${form.toString()}`;
        return sendRequest({ url, headers: { Authorization: authorization } });
      },
      metrics: async () => (await sendRequest({ url: `${operations}/metrics` })).text,
      [Symbol.asyncDispose]: async () => {
        await server.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
