import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../support/source-files.ts';
import { answersOk } from '../harness/http-request.ts';
import { freePort, tempFolder } from '../harness/places.ts';
import { startServer } from '../harness/processes.ts';
import type { Answerer } from './comparison.ts';
import { OTHER, OWN } from './tenants.ts';

const API_VERSION = 'prometheus-tenancy-kit/v1alpha1';

/** A query frontend over a server with everybody's series. */
export interface ScopingFrontend {
  /** Asks on behalf of one or both of the tenants, and of nobody else. */
  readonly answererOf: (tenants: readonly string[]) => Answerer;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a frontend with a static token for one tenant, and one for both.
 *
 * @param upstream - Settings of its upstream, beside the URL.
 */
export async function startScopingFrontend(
  upstreamUrl: string,
  upstream: object = {},
): Promise<ScopingFrontend> {
  const folder = await tempFolder('meaning-frontend');
  const grants = [[OWN], [OWN, OTHER]].map((namespaces) => ({
    token: randomBytes(24).toString('base64url'),
    username: `${namespaces.join('-')}-reader`,
    namespaces,
  }));
  const [port, operationsPort] = [await freePort(), await freePort()];
  const tokensFile = join(folder.path, 'tokens.json');
  const configFile = join(folder.path, 'config.json');
  const tokens = { apiVersion: API_VERSION, kind: 'StaticTokens', tokens: grants };
  await writeFile(tokensFile, JSON.stringify(tokens), { mode: 0o600 });
  const config = {
    apiVersion: API_VERSION,
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1', port },
    operations: { address: '127.0.0.1', port: operationsPort },
    upstream: { url: upstreamUrl, ...upstream },
    access: { kind: 'staticTokens', file: tokensFile },
  };
  await writeFile(configFile, JSON.stringify(config));
  try {
    const server = await startServer({
      program: process.execPath,
      args: [join(PROJECT, 'frontend/main.ts'), 'query-frontend', '--config', configFile],
      folder: folder.path,
      logFile: join(folder.path, 'frontend.log'),
      isReady: () => answersOk(`http://127.0.0.1:${operationsPort}/-/ready`),
    });
    return {
      answererOf: (tenants) => ({
        url: `http://127.0.0.1:${port}/namespaces/${tenants.join(',')}`,
        headers: { Authorization: `Bearer ${tokenFor(grants, tenants)}` },
      }),
      stop: async () => {
        await server.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function tokenFor(
  grants: readonly { readonly token: string; readonly namespaces: readonly string[] }[],
  tenants: readonly string[],
): string {
  return grants.find(({ namespaces }) => namespaces.join() === tenants.join())?.token ?? '';
}
