import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findManifest, materialiseWorkload } from '../../../support/manifest-workload.ts';
import { sendRequest } from '../../harness/http-request.ts';
import { freePort } from '../../harness/places.ts';
import { poll } from '../../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../../harness/prometheus.ts';
import { readPath } from '../../harness/read-path.ts';
import { type RunningThanos, startThanos, startThanosSidecar } from '../../harness/thanos.ts';
import { startVersitygw } from '../../harness/versitygw.ts';
import {
  argsOf,
  changedFlags,
  changeFlags,
  freeThanosAddresses,
  type Manifests,
} from './synthesised.ts';
import { seriesOf } from './tenant-series.ts';

/** A Thanos component that was started with the arguments of a manifest. */
export interface SynthesisedThanos extends RunningThanos {
  /** The flags whose values had to be changed for this machine. */
  readonly changedFlags: readonly string[];
}

/** The store side of the installation, on this machine. */
export interface ThanosPath {
  /** Holds the series of both tenants. */
  readonly prometheus: RunningPrometheus;
  readonly sidecar: RunningThanos;
  readonly storeGateway: SynthesisedThanos;
  readonly querier: SynthesisedThanos;
  /** Splits and remembers, between the tenants' query frontend and the querier. */
  readonly queryFrontend: SynthesisedThanos;
  /** The addresses that the querier was synthesised to ask. */
  readonly endpoints: readonly string[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts Prometheus, its sidecar, an object store that speaks S3, and the store gateway, the querier and
 * the query frontend of Thanos of the manifests. The sidecar has uploaded every block before the store gateway starts.
 */
export async function startThanosPath(manifests: Manifests, folder: string): Promise<ThanosPath> {
  await using starting = new AsyncDisposableStack();
  const objectStore = await startVersitygw([BUCKET], S3_KEYS);
  starting.defer(objectStore.stop);
  const bucket = objectStore.bucketFolder(BUCKET);
  const objstoreFile = join(folder, 'objstore.json');
  await writeFile(objstoreFile, JSON.stringify(s3Config(objectStore.endpoint)));

  const prometheus = await startPrometheus({
    config: JSON.stringify({ global: { external_labels: externalLabels(manifests) } }),
    openMetrics: seriesOf('team-a', 'team-b'),
    // What the operator makes of `disableCompaction`.
    flags: ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'],
  });
  starting.defer(prometheus.stop);
  const sidecar = await startThanosSidecar(prometheus, [`--objstore.config-file=${objstoreFile}`]);
  starting.defer(sidecar.stop);
  await poll(async () => ((await hasBlock(bucket)) ? true : undefined), {
    what: 'the sidecar to upload its block',
    withinMs: 120_000,
  });
  const storeGateway = await startStoreGateway(manifests, folder, objstoreFile);
  starting.defer(storeGateway.stop);
  const { querier, endpoints } = await startQuerier(manifests, folder, [sidecar, storeGateway]);
  starting.defer(querier.stop);
  await poll(() => seesStores(querier, [sidecar, storeGateway]), { what: 'both stores' });
  const queryFrontend = await startQueryFrontend(manifests, folder, querier);
  starting.defer(queryFrontend.stop);
  const started = starting.move();
  const stop = (): Promise<void> => started.disposeAsync();
  return { prometheus, sidecar, storeGateway, querier, queryFrontend, endpoints, stop };
}

const BUCKET = 'blocks';
const S3_KEYS = { accessKey: 'thanos-path', secretKey: 'not-a-secret' };

function s3Config(endpoint: string): object {
  const { accessKey, secretKey } = S3_KEYS;
  return {
    type: 'S3',
    config: {
      bucket: BUCKET,
      endpoint,
      access_key: accessKey,
      secret_key: secretKey,
      insecure: true,
    },
  };
}

/** Labels as the operator gives them to the first replica of the manifests' Prometheus. */
function externalLabels(manifests: Manifests): Readonly<Record<string, string>> {
  const manifest = findManifest(manifests, 'Prometheus', 'tenancy');
  const { name, namespace } = manifest.metadata;
  const labelName = (member: string): string => String(readPath(manifest, 'spec', member));
  return {
    ...(readPath(manifest, 'spec', 'externalLabels') as Readonly<Record<string, string>>),
    [labelName('prometheusExternalLabelName')]: `${namespace}/${name}`,
    [labelName('replicaExternalLabelName')]: `prometheus-${name}-0`,
  };
}

async function startStoreGateway(
  manifests: Manifests,
  folder: string,
  objstoreFile: string,
): Promise<SynthesisedThanos> {
  const workload = findManifest(manifests, 'StatefulSet', 'thanos-store-gateway');
  const pod = await materialiseWorkload(manifests, workload, join(folder, 'store-pod'));
  const args = changeFlags(pod.command, {
    ...(await freeThanosAddresses()),
    '--data-dir': join(folder, 'store-data'),
    '--objstore.config-file': objstoreFile,
  });
  const running = await startThanos('store', args.slice(1));
  return { ...running, changedFlags: changedFlags(argsOf(workload), args) };
}

async function startQuerier(
  manifests: Manifests,
  folder: string,
  stores: readonly RunningThanos[],
): Promise<{ readonly querier: SynthesisedThanos; readonly endpoints: readonly string[] }> {
  const workload = findManifest(manifests, 'Deployment', 'thanos-querier');
  const pod = await materialiseWorkload(manifests, workload, join(folder, 'querier-pod'));
  const [endpointsFile = ''] = pod.files.values();
  const document: unknown = JSON.parse(await readFile(endpointsFile, 'utf8'));
  const entries = readPath(document, 'endpoints') as readonly { readonly address: string }[];
  if (entries.length !== stores.length) throw new Error(`${entries.length} endpoints`);
  // The one change: where there is DNS the addresses are looked up, here they are known.
  const here = entries.map((entry, index) => ({ ...entry, address: stores[index]?.grpcAddress }));
  await writeFile(endpointsFile, JSON.stringify({ ...(document as object), endpoints: here }));
  const args = changeFlags(pod.command, await freeThanosAddresses());
  const running = await startThanos('query', args.slice(1));
  return {
    querier: { ...running, changedFlags: changedFlags(argsOf(workload), args) },
    endpoints: entries.map(({ address }) => address),
  };
}

async function startQueryFrontend(
  manifests: Manifests,
  folder: string,
  querier: RunningThanos,
): Promise<SynthesisedThanos> {
  const workload = findManifest(manifests, 'Deployment', 'thanos-query-frontend');
  const pod = await materialiseWorkload(manifests, workload, join(folder, 'middle-pod'));
  const args = changeFlags(pod.command, {
    '--http-address': `127.0.0.1:${await freePort()}`,
    '--query-frontend.downstream-url': querier.httpUrl,
  });
  const running = await startThanos('query-frontend', args.slice(1));
  return { ...running, changedFlags: changedFlags(argsOf(workload), args) };
}

async function seesStores(
  querier: RunningThanos,
  stores: readonly RunningThanos[],
): Promise<true | undefined> {
  const { text } = await sendRequest({ url: `${querier.httpUrl}/api/v1/stores` });
  return stores.every(({ grpcAddress }) => text.includes(`"${grpcAddress}"`)) ? true : undefined;
}

// Its meta.json is the last file of a block that is uploaded.
async function hasBlock(bucket: string): Promise<boolean> {
  const files = await readdir(bucket, { recursive: true });
  return files.some((file) => /^[0-9A-Z]{26}\/meta\.json$/.test(file));
}
