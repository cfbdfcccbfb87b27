import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_AUDIENCE, installFrontend, installTenant } from '../../access/running-frontend.ts';
import { startKubeApiserver, type TestCluster } from '../../harness/kubernetes.ts';
import type { PartName } from '../../harness/parts.ts';
import { tempFolder } from '../../harness/places.ts';
import {
  type FrontendFiles,
  runFrontend,
  writeFrontendFiles,
} from '../../query-frontend/support/frontend-process.ts';
import {
  type RecordingProxy,
  startRecordingProxy,
} from '../../query-frontend/support/recording-proxy.ts';
import { startTenantPrometheus } from './tenant-prometheus.ts';
import { startTenantTarget } from './tenant-target.ts';

/** The parts that {@link startInstallation} needs. */
export const INSTALLATION_PARTS: readonly PartName[] = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'prometheus',
  'promtool',
];

/** A frontend over the data of two tenants, and beside it what one of them is to see. */
export interface Installation {
  /** The address of the frontend, without a slash at the end. */
  readonly url: string;
  /** The same, for a frontend that shows metadata of targets, which is off by default. */
  readonly urlWithMetadata: string;
  /** The certificate of both frontends, as PEM, and the file with it. */
  readonly caPem: string;
  readonly caFile: string;
  /** A token of team-a's ServiceAccount, and the file with it. */
  readonly token: string;
  readonly tokenFile: string;
  /** The address of a Prometheus with nothing but what team-a has. */
  readonly aloneUrl: string;
  /** Stands between the frontends and the Prometheus with everything. */
  readonly proxy: RecordingProxy;
  readonly stop: () => Promise<void>;
}

/** Starts two servers, a cluster in which team-a may read its own metrics, and the frontends. */
export async function startInstallation(): Promise<Installation> {
  await using starting = new AsyncDisposableStack();
  const folder = await tempFolder('clients');
  starting.defer(folder.remove);
  const [targetA, targetB] = [await startTenantTarget('team-a'), await startTenantTarget('team-b')];
  starting.defer(targetA.stop);
  starting.defer(targetB.stop);
  const own = { 'team-a': targetA.address };
  const alone = await startTenantPrometheus(own, folder.path);
  starting.defer(alone.stop);
  const all = { ...own, 'team-b': targetB.address };
  const shared = await startTenantPrometheus(all, folder.path);
  starting.defer(shared.stop);
  const proxy = await startRecordingProxy(shared.url);
  starting.defer(proxy.stop);

  const cluster = await startKubeApiserver();
  starting.defer(cluster.stop);
  await installFrontend(cluster);
  await installTenant(cluster, 'team-a');
  await installTenant(cluster, 'team-b');
  const account = { namespace: 'monitoring', name: 'query-frontend' };
  const files = await writeFrontendFiles(cluster, account, folder.path);
  const frontend = { cluster, files, upstreamUrl: proxy.url };
  const url = await startFrontend({ ...frontend, endpoints: {} }, starting);
  const urlWithMetadata = await startFrontend(
    { ...frontend, endpoints: { metadata: 'targets' } },
    starting,
  );

  const token = await cluster.requestToken('team-a', 'grafana');
  const tokenFile = join(folder.path, 'tenant-token');
  await writeFile(tokenFile, token, { mode: 0o600 });
  const started = starting.move();
  return {
    url,
    urlWithMetadata,
    caPem: files.certPem,
    caFile: files.certFile,
    token,
    tokenFile,
    aloneUrl: alone.url,
    proxy,
    stop: () => started.disposeAsync(),
  };
}

interface FrontendOptions {
  readonly cluster: TestCluster;
  readonly files: FrontendFiles;
  readonly upstreamUrl: string;
  readonly endpoints: object;
}

/** Starts a frontend, which ends with the stack, and gives its address. */
async function startFrontend(
  options: FrontendOptions,
  starting: AsyncDisposableStack,
): Promise<string> {
  const { cluster, files, upstreamUrl, endpoints } = options;
  const { certFile, keyFile, tokenFile } = files;
  // Each has a folder of its own, for its address is read from its log.
  const folder = await tempFolder('clients-frontend');
  starting.defer(folder.remove);
  const configFile = join(folder.path, 'config.json');
  const config = {
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1', port: 0, tls: { certFile, keyFile } },
    operations: { address: '127.0.0.1', port: 0 },
    upstream: { url: upstreamUrl },
    access: {
      kind: 'kubernetes',
      apiServer: { url: cluster.url, caFile: cluster.caFile, tokenFile },
      audiences: [OWN_AUDIENCE, cluster.issuer],
    },
    endpoints,
  };
  await writeFile(configFile, JSON.stringify(config));
  const args = ['frontend/main.ts', 'query-frontend', '--config', configFile];
  const frontend = await runFrontend(args, { folder: folder.path, ca: files.certPem });
  starting.defer(frontend.stop);
  return frontend.url;
}
