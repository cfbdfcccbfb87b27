import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { HashedConfigMap } from '../hashed-config-map.ts';
import { objstoreMounts, type ObjstoreSecret, objstoreVolumes } from '../objstore-secret.ts';
import { type GrpcEnd, grpcMounts, type GrpcTls, grpcVolumes } from './grpc-tls.ts';
import type { ThanosWorkload } from './workload.ts';

/** A folder of a pod with the files of a ConfigMap. */
export interface ConfigFolder {
  /** Name of the volume. */
  readonly volume: string;
  /** Where it appears. */
  readonly folder: string;
  /** The files. */
  readonly configMap: HashedConfigMap;
}

/** What a {@link ConfigFolder} is made of. */
export interface ConfigFolderProps {
  /** What the ConfigMap is called after the name of the workload. */
  readonly name: string;
  /** Where the folder appears. */
  readonly folder: string;
  /** The files by name. */
  readonly data: Readonly<Record<string, string>>;
  /**
   * Name of the volume.
   * @default - `name`
   */
  readonly volume?: string;
}

/** Adds files that the pods of a workload read. A change of them rolls the pods. */
export function addConfigFolder(
  scope: Construct,
  workload: ThanosWorkload,
  { data, folder, name, volume = name }: ConfigFolderProps,
): ConfigFolder {
  const prefix = `${workload.name}-${name}`;
  const configMap = new HashedConfigMap(scope, name, { prefix, data, labels: workload.labels });
  return { volume, folder, configMap };
}

/** What a Thanos pod finds in its file system. What is `undefined` is not there. */
export interface PodFolders {
  /** Where its disk appears, which is the volume `data`. */
  readonly disk?: string;
  /** Where it may write what need not outlive it. */
  readonly scratch?: string;
  /** The configuration of the object store. */
  readonly objstore?: ObjstoreSecret | undefined;
  /** Its own configuration. */
  readonly config?: readonly (ConfigFolder | undefined)[];
  /** The certificates of gRPC. */
  readonly grpcTls?: GrpcTls | undefined;
  /** The ends of gRPC connections that it is. */
  readonly grpcEnds?: readonly GrpcEnd[];
}

/** The volumes of those folders but for the disk, and the mounts of all. */
export function podFolders(folders: PodFolders): {
  readonly mounts: k8s.VolumeMount[];
  readonly volumes: k8s.Volume[];
} {
  const { disk, grpcEnds = [], grpcTls, objstore, scratch } = folders;
  const config = (folders.config ?? []).filter((it) => it !== undefined);
  return {
    mounts: [
      ...(disk === undefined ? [] : [{ name: 'data', mountPath: disk }]),
      ...(scratch === undefined ? [] : [{ name: 'scratch', mountPath: scratch }]),
      ...(objstore === undefined ? [] : objstoreMounts(objstore)),
      ...config.map(({ folder, volume }) => ({ name: volume, mountPath: folder, readOnly: true })),
      ...grpcMounts(grpcTls, ...grpcEnds),
    ],
    volumes: [
      ...(scratch === undefined ? [] : [{ name: 'scratch', emptyDir: {} }]),
      ...(objstore === undefined ? [] : objstoreVolumes(objstore)),
      ...config.map(({ configMap, volume }) => ({
        name: volume,
        configMap: { name: configMap.name },
      })),
      ...grpcVolumes(grpcTls, ...grpcEnds),
    ],
  };
}
