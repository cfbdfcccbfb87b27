import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thanosBinary } from './build-part.ts';
import { answersOk, sendRequest } from './http-request.ts';
import { freePort, tempFolder } from './places.ts';
import { poll } from './poll.ts';
import { startServer } from './processes.ts';
import type { RunningPrometheus } from './prometheus.ts';
import type { ThanosComponent } from './thanos-versions.ts';

export type { ThanosComponent } from './thanos-versions.ts';

/** A Thanos component that is ready. */
export interface RunningThanos {
  readonly pid: number;
  /** Its HTTP address, without a slash at the end. */
  readonly httpUrl: string;
  /** Its gRPC address, `host:port`. Nothing listens there if the component has none. */
  readonly grpcAddress: string;
  readonly logFile: string;
  /** The working folder, removed by `stop`. */
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

const ADDRESS_FLAGS: { readonly [Component in ThanosComponent]: readonly string[] } = {
  compact: ['--http-address'],
  query: ['--http-address', '--grpc-address'],
  'query-frontend': ['--http-address'],
  receive: [
    '--http-address',
    '--grpc-address',
    '--remote-write.address',
    '--receive.capnproto-address',
  ],
  rule: ['--http-address', '--grpc-address'],
  sidecar: ['--http-address', '--grpc-address'],
  store: ['--http-address', '--grpc-address'],
  tools: ['--http-address'],
};

/**
 * Starts a Thanos component and waits until it is ready.
 *
 * @param args - Its command line, each flag as `--name=value`. The component listens on free ports of
 *   127.0.0.1 where this says nothing else; give `receive` its `--remote-write.address` to know it.
 */
export async function startThanos(
  component: ThanosComponent,
  args: readonly string[],
): Promise<RunningThanos> {
  const program = await thanosBinary(component);
  const folder = await tempFolder(`thanos-${component}`);
  try {
    const addresses = await chooseAddresses(component, args);
    const httpUrl = `http://${addresses.get('--http-address')}`;
    const logFile = join(folder.path, 'thanos.log');
    const server = await startServer({
      program,
      args: [component, ...args, ...missingFlags(addresses, args)],
      folder: folder.path,
      logFile,
      isReady: () => answersOk(`${httpUrl}/-/ready`),
    });
    return {
      pid: server.pid,
      httpUrl,
      grpcAddress: addresses.get('--grpc-address') ?? '',
      logFile,
      folder: folder.path,
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

/** Starts a sidecar beside a Prometheus server, which must have external labels. */
export function startThanosSidecar(
  prometheus: RunningPrometheus,
  args: readonly string[] = [],
): Promise<RunningThanos> {
  const { url, dataDir } = prometheus;
  return startThanos('sidecar', [`--prometheus.url=${url}`, `--tsdb.path=${dataDir}`, ...args]);
}

/** Starts a querier over these Store API addresses and waits until it has seen all of them. */
export async function startThanosQuerier(
  endpoints: readonly string[],
  args: readonly string[] = [],
): Promise<RunningThanos> {
  const folder = await tempFolder('thanos-endpoints');
  const file = join(folder.path, 'endpoints.json');
  // JSON is YAML, too.
  await writeFile(file, JSON.stringify({ endpoints: endpoints.map((address) => ({ address })) }));
  try {
    const querier = await startThanos('query', [`--endpoint.sd-config-file=${file}`, ...args]);
    const stop = async (): Promise<void> => {
      await querier.stop();
      await folder.remove();
    };
    try {
      await poll(() => seesAll(querier.httpUrl, endpoints), { what: `stores ${endpoints.join()}` });
    } catch (error) {
      await stop();
      throw error;
    }
    return { ...querier, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function seesAll(url: string, endpoints: readonly string[]): Promise<true | undefined> {
  const { text } = await sendRequest({ url: `${url}/api/v1/stores` });
  return endpoints.every((address) => text.includes(`"${address}"`)) ? true : undefined;
}

async function chooseAddresses(
  component: ThanosComponent,
  args: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const addresses = new Map<string, string>();
  for (const flag of ADDRESS_FLAGS[component]) {
    addresses.set(flag, given(flag, args) ?? `127.0.0.1:${await freePort()}`);
  }
  return addresses;
}

function missingFlags(addresses: ReadonlyMap<string, string>, args: readonly string[]): string[] {
  return [...addresses]
    .filter(([flag]) => given(flag, args) === undefined)
    .map(([flag, address]) => `${flag}=${address}`);
}

function given(flag: string, args: readonly string[]): string | undefined {
  return args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
}
