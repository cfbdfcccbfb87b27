import type { k8s } from 'cdk8s-plus-28';

const FOLDER = '/etc/prometheus-tenancy-kit';

/**
 * A folder in the pod of the frontend, with files out of Secrets and ConfigMaps that exist. No other
 * key of them is in it. It is mounted as a whole, because a single mounted file never changes.
 */
export interface MountedFolder {
  /** Name of the folder and of its volume. */
  readonly name: string;
  /** Where its files come from; each says its own name. */
  readonly sources: readonly k8s.VolumeProjection[];
}

/** The path of a file in such a folder. */
export function pathIn(folder: string, file: string): string {
  return `${FOLDER}/${folder}/${file}`;
}

/** The volumes of the folders; an empty one has none. */
export function folderVolumes(folders: readonly MountedFolder[]): k8s.Volume[] {
  return filled(folders).map(({ name, sources }) => ({
    name,
    projected: { sources: [...sources], defaultMode: 0o440 },
  }));
}

/** Where they are mounted. */
export function folderMounts(folders: readonly MountedFolder[]): k8s.VolumeMount[] {
  return filled(folders).map(({ name }) => ({
    name,
    mountPath: `${FOLDER}/${name}`,
    readOnly: true,
  }));
}

function filled(folders: readonly MountedFolder[]): readonly MountedFolder[] {
  return folders.filter(({ sources }) => sources.length > 0);
}
