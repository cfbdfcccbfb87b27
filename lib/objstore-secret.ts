import type { k8s } from 'cdk8s-plus-28';

/**
 * The Secret that holds the configuration of the object store, in the YAML that Thanos reads.
 *
 * It is mounted as a file and never read at synth: neither arguments nor environment variables
 * carry its content, since Thanos shows its arguments on a page.
 */
export interface ObjstoreSecret {
  /**
   * Name of the Secret, in the namespace of the platform. It must exist.
   * @default 'thanos-objstore-secret'
   */
  readonly name?: string;
  /**
   * The key that holds the configuration.
   * @default 'thanos.yaml'
   */
  readonly key?: string;
  /**
   * A PersistentVolumeClaim that every pod mounts at {@link BUCKET_FOLDER}, where the object store is a
   * folder.
   * @default - none: the object store is reached over the network
   */
  readonly sharedClaim?: string | undefined;
}

const FOLDER = '/etc/thanos/objstore';
const FILE = 'objstore.yaml';
const VOLUME = 'objstore';
const BUCKET_VOLUME = 'bucket';

/** Name of the Secret where none is named. */
export const DEFAULT_OBJSTORE_SECRET = 'thanos-objstore-secret';

/** The key in it where none is named. */
export const DEFAULT_OBJSTORE_KEY = 'thanos.yaml';

/** Where every Thanos component finds the configuration of the object store. */
export const OBJSTORE_FILE: string = `${FOLDER}/${FILE}`;

/** Where an object store that is a folder appears. */
export const BUCKET_FOLDER = '/var/thanos/bucket';

/** The volumes of a pod that needs the object store. Only the one key of the Secret is mounted. */
export function objstoreVolumes(secret: ObjstoreSecret): k8s.Volume[] {
  const config = {
    name: VOLUME,
    secret: {
      secretName: secret.name ?? DEFAULT_OBJSTORE_SECRET,
      items: [{ key: secret.key ?? DEFAULT_OBJSTORE_KEY, path: FILE }],
      defaultMode: 0o440,
    },
  };
  if (secret.sharedClaim === undefined) return [config];
  const claim = { claimName: secret.sharedClaim };
  return [config, { name: BUCKET_VOLUME, persistentVolumeClaim: claim }];
}

/** The mounts that belong to {@link objstoreVolumes}. */
export function objstoreMounts(secret: ObjstoreSecret): k8s.VolumeMount[] {
  const config = { name: VOLUME, mountPath: FOLDER, readOnly: true };
  if (secret.sharedClaim === undefined) return [config];
  return [config, { name: BUCKET_VOLUME, mountPath: BUCKET_FOLDER }];
}
