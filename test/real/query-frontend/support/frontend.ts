import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_AUDIENCE } from '../../access/running-frontend.ts';
import type { TestCluster } from '../../harness/kubernetes.ts';
import { tempFolder } from '../../harness/places.ts';
import { type RunningFrontend, runFrontend, writeFrontendFiles } from './frontend-process.ts';

/** What a frontend is started with. */
export interface FrontendOptions {
  readonly cluster: TestCluster;
  readonly upstreamUrl: string;
  /** Settings of `access`, beside the API server's. @defaultValue both audiences */
  readonly access?: object;
  /** Settings of `listener.tls`, beside the serving certificate. */
  readonly tls?: object;
  /** Settings of `access.apiServer`, beside where it is. */
  readonly apiServer?: object;
}

/** The ServiceAccount that `installFrontend` makes. */
const ACCOUNT = { namespace: 'monitoring', name: 'query-frontend' } as const;

/** Starts a frontend from the program's sources, with TLS and a ServiceAccount of its own. */
export async function startFrontend(options: FrontendOptions): Promise<RunningFrontend> {
  const { cluster, upstreamUrl, access = {}, tls = {}, apiServer = {} } = options;
  const folder = await tempFolder('query-frontend');
  try {
    const files = await writeFrontendFiles(cluster, ACCOUNT, folder.path);
    const configFile = join(folder.path, 'config.json');
    const { certFile, keyFile, tokenFile } = files;
    const config = {
      apiVersion: 'prometheus-tenancy-kit/v1alpha1',
      kind: 'QueryFrontend',
      listener: { address: '127.0.0.1', port: 0, tls: { certFile, keyFile, ...tls } },
      operations: { address: '127.0.0.1', port: 0 },
      upstream: { url: upstreamUrl },
      access: {
        kind: 'kubernetes',
        apiServer: { url: cluster.url, caFile: cluster.caFile, tokenFile, ...apiServer },
        audiences: [OWN_AUDIENCE, cluster.issuer],
        ...access,
      },
    };
    await writeFile(configFile, JSON.stringify(config));
    const frontend = await runFrontend(
      ['frontend/main.ts', 'query-frontend', '--config', configFile],
      { folder: folder.path, ca: files.certPem },
    );
    const stop = async (): Promise<void> => {
      await frontend.stop();
      await folder.remove();
    };
    return { ...frontend, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
