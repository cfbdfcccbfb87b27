import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** A Kubernetes object as it stands in a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [member: string]: unknown;
}

/** What a pod runs, with the ConfigMaps it mounts laid out as files. */
export interface MaterialisedWorkload {
  /** The command line of its first container, with the paths of mounts replaced by folders here. */
  readonly command: readonly string[];
  /** Files that were laid out, by the path they have in the container. */
  readonly files: ReadonlyMap<string, string>;
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface PodSpec {
  readonly containers: readonly {
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly volumeMounts?: readonly Mount[];
  }[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly projected?: {
      readonly sources: readonly { readonly configMap?: { readonly name: string } }[];
    };
  }[];
}

/** Reads every object of the manifests below a folder; Kustomize's own files are left out. */
export async function readManifests(folder: string): Promise<readonly Manifest[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .filter((entry) => !entry.name.startsWith('kustomiz'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const manifests: Manifest[] = [];
  for (const file of files) {
    for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
      if (document.contents !== null) manifests.push(document.toJS() as Manifest);
    }
  }
  return manifests;
}

/** Finds the one object of a kind and a name. */
export function findManifest(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((it) => it.kind === kind && it.metadata.name === name);
  const [manifest, ...others] = found;
  if (manifest === undefined || others.length > 0) {
    throw new Error(`the manifests hold ${found.length} objects ${kind}/${name}, not one`);
  }
  return manifest;
}

/**
 * Lays out the ConfigMaps that a workload's pod mounts below `folder`, and gives its command line
 * with the paths changed accordingly. Secrets and other volumes are left out.
 */
export async function materialiseWorkload(
  manifests: readonly Manifest[],
  workload: Manifest,
  folder: string,
): Promise<MaterialisedWorkload> {
  const pod = podSpecOf(workload);
  const [container] = pod.containers;
  if (container === undefined) throw new Error(`${workload.metadata.name} has no container`);
  const files = new Map<string, string>();
  let command = [...(container.command ?? []), ...(container.args ?? [])];
  for (const mount of container.volumeMounts ?? []) {
    const volume = pod.volumes?.find((it) => it.name === mount.name);
    const sources = [volume, ...(volume?.projected?.sources ?? [])];
    const configMaps = sources.flatMap((source) => source?.configMap ?? []);
    if (configMaps.length === 0) continue;
    const target = join(folder, mount.mountPath);
    await mkdir(target, { recursive: true });
    const data = configMaps.map(
      ({ name }) => findManifest(manifests, 'ConfigMap', name)['data'] as object,
    );
    for (const [name, text] of data.flatMap((it) => Object.entries<string>({ ...it }))) {
      await writeFile(join(target, name), text);
      files.set(`${mount.mountPath}/${name}`, join(target, name));
    }
    command = command.map((word) => word.replaceAll(`${mount.mountPath}/`, `${target}/`));
  }
  return { command, files };
}

function podSpecOf(workload: Manifest): PodSpec {
  const { spec } = workload as unknown as {
    readonly spec: { readonly template: { readonly spec: PodSpec } };
  };
  return spec.template.spec;
}
