import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findManifest, materialiseWorkload } from '../../../support/manifest-workload.ts';
import type { TestCluster } from '../../harness/kubernetes.ts';
import { type RunningFrontend, runFrontend, writeFrontendFiles } from './frontend-process.ts';
import { changedPaths, type Manifests } from './synthesised.ts';

const KINDS = new Set([
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Secret',
]);

/** A frontend whose code and configuration come out of manifests. */
export interface SynthesisedFrontend extends RunningFrontend {
  /** The command line of its container, as synthesised. */
  readonly command: readonly string[];
  /** The settings that had to be changed for this machine. */
  readonly changedPaths: readonly string[];
}

/** Applies what the manifests say of namespaces, accounts and rights. */
export async function applyAccess(cluster: TestCluster, manifests: Manifests): Promise<void> {
  const applied = manifests.filter(({ kind }) => KINDS.has(kind));
  const [first, second] = [true, false].map((isFirst) =>
    applied.filter(({ kind }) => (kind === 'Namespace') === isFirst),
  );
  await cluster.createNamespace('monitoring');
  await cluster.apply(first ?? []);
  await cluster.apply(second ?? []);
}

/** Where a synthesised frontend finds what it asks on this machine. */
export interface SynthesisedPlaces {
  /** A folder for its files. */
  readonly folder: string;
  /** URL of what answers queries. */
  readonly upstreamUrl: string;
  /**
   * URLs of the other upstreams, each of which the manifests must name.
   * @defaultValue none
   */
  readonly upstreamUrls?: Readonly<Record<string, string>>;
}

/** Runs the bundle and the configuration of the manifests; only places are changed. */
export async function startSynthesisedFrontend(
  cluster: TestCluster,
  manifests: Manifests,
  { folder, upstreamUrl, upstreamUrls = {} }: SynthesisedPlaces,
): Promise<SynthesisedFrontend> {
  const workload = findManifest(manifests, 'Deployment', 'tenant-query-frontend');
  const pod = await materialiseWorkload(manifests, workload, join(folder, 'frontend-pod'));
  const account = { namespace: 'monitoring', name: 'tenant-query-frontend' };
  const files = await writeFrontendFiles(cluster, account, folder);
  const configFile = pod.command.at(-1) ?? '';
  const synthesised = JSON.parse(await readFile(configFile, 'utf8')) as ConfigDocument;
  const config = {
    ...synthesised,
    listener: {
      ...synthesised.listener,
      address: '127.0.0.1',
      port: 0,
      tls: { certFile: files.certFile, keyFile: files.keyFile },
    },
    operations: { ...synthesised.operations, address: '127.0.0.1', port: 0 },
    upstream: { ...synthesised.upstream, url: upstreamUrl },
    upstreams: {
      ...synthesised.upstreams,
      ...Object.fromEntries(
        Object.entries(upstreamUrls).map(([name, url]) => [
          name,
          { ...otherUpstream(synthesised, name), url },
        ]),
      ),
    },
    access: {
      ...synthesised.access,
      apiServer: {
        ...synthesised.access.apiServer,
        url: cluster.url,
        caFile: cluster.caFile,
        tokenFile: files.tokenFile,
      },
    },
  };
  await writeFile(configFile, JSON.stringify(config));
  const [program, ...args] = pod.command;
  if (program !== 'node') throw new Error(`the pod runs ${program ?? 'nothing'}, not node`);
  const running = await runFrontend(args, { folder, ca: files.certPem });
  return {
    ...running,
    command: pod.command.map((word) => word.replace(join(folder, 'frontend-pod'), '')),
    changedPaths: changedPaths(synthesised, config),
  };
}

interface ConfigDocument {
  readonly listener: object;
  readonly operations: object;
  readonly upstream: object;
  readonly upstreams: Readonly<Record<string, object>>;
  readonly access: { readonly apiServer: object };
}

function otherUpstream({ upstreams }: ConfigDocument, name: string): object {
  const found = upstreams[name];
  if (found === undefined) throw new Error(`the manifests name no upstream ${name}`);
  return found;
}
