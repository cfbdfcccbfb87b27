import { isDeepStrictEqual } from 'node:util';
import { findManifest, type Manifest, readManifests } from '../../../support/manifest-workload.ts';
import { PROJECT } from '../../../support/source-files.ts';
import { freePort } from '../../harness/places.ts';
import { runProgram } from '../../harness/processes.ts';
import { readPath } from '../../harness/read-path.ts';

/** The objects of an installation. */
export type Manifests = readonly Manifest[];

/** Synthesises the installation of this project into a folder, and reads its objects. */
export async function synthesise(outdir: string): Promise<Manifests> {
  const { exitCode, stderr } = await runProgram(process.execPath, ['charts/main.ts'], {
    folder: PROJECT,
    env: { CDK8S_OUTDIR: outdir },
  });
  if (exitCode !== 0) throw new Error(`synthesising the manifests: ${stderr}`);
  return readManifests(outdir);
}

/** The arguments of a workload's first container, as they stand in its manifest. */
export function argsOf(workload: Manifest): readonly string[] {
  const args = readPath(workload, 'spec', 'template', 'spec', 'containers', 0, 'args');
  if (!Array.isArray(args)) throw new TypeError(`${workload.metadata.name} has no arguments`);
  return args.map(String);
}

/** Sets some flags of an argument list; each has to be there already, once. */
export function changeFlags(
  args: readonly string[],
  values: Readonly<Record<string, string>>,
): readonly string[] {
  for (const flag of Object.keys(values)) {
    const found = args.filter((arg) => arg.startsWith(`${flag}=`)).length;
    if (found !== 1) throw new Error(`${flag} is given ${found} times, not once`);
  }
  return args.map((arg) => {
    const flag = arg.slice(0, arg.indexOf('='));
    const value = values[flag];
    return value === undefined ? arg : `${flag}=${value}`;
  });
}

/** Free addresses on 127.0.0.1 for the two listeners of a Thanos component. */
export async function freeThanosAddresses(): Promise<Readonly<Record<string, string>>> {
  return {
    '--http-address': `127.0.0.1:${await freePort()}`,
    '--grpc-address': `127.0.0.1:${await freePort()}`,
  };
}

/** The flags in which two argument lists differ; a list of another length differs in `length`. */
export function changedFlags(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length !== b.length) return ['length'];
  return a.flatMap((arg, index) => (arg === b[index] ? [] : [arg.split('=', 1)[0] ?? '']));
}

/** The paths of the members in which two documents differ, such as `listener.port`. */
export function changedPaths(a: unknown, b: unknown, path = ''): readonly string[] {
  if (isDeepStrictEqual(a, b)) return [];
  if (!isObject(a) || !isObject(b)) return [path];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].flatMap((name) =>
    changedPaths(a[name], b[name], path === '' ? name : `${path}.${name}`),
  );
}

/**
 * Finds the headless Service behind an address such as `dnssrv+_grpc._tcp.thanos-store-gateway`, and
 * gives the number of the port that the address names.
 */
export function portBehindSrv(manifests: Manifests, address: string): unknown {
  const named = /^dnssrv\+_(?<port>[a-z]+)\._tcp\.(?<service>[a-z0-9-]+)$/.exec(address)?.groups;
  const service = findManifest(manifests, 'Service', named?.['service'] ?? address);
  if (readPath(service, 'spec', 'clusterIP') !== 'None') return undefined;
  const ports = readPath(service, 'spec', 'ports');
  const port = Array.isArray(ports)
    ? ports.find((it: unknown) => readPath(it, 'name') === named?.['port'])
    : undefined;
  return readPath(port, 'port');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
