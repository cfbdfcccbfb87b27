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
}

const FOLDER = '/etc/thanos/objstore';
const FILE = 'objstore.yaml';
const VOLUME = 'objstore';

/** Where every Thanos component finds the configuration of the object store. */
export const OBJSTORE_FILE: string = `${FOLDER}/${FILE}`;

/** The volume of a pod that needs the object store. Only the one key is mounted. */
export function objstoreVolume(secret: ObjstoreSecret): k8s.Volume {
  return {
    name: VOLUME,
    secret: {
      secretName: secret.name ?? 'thanos-objstore-secret',
      items: [{ key: secret.key ?? 'thanos.yaml', path: FILE }],
      defaultMode: 0o440,
    },
  };
}

/** The mount that belongs to {@link objstoreVolume}. */
export function objstoreMount(): k8s.VolumeMount {
  return { name: VOLUME, mountPath: FOLDER, readOnly: true };
}
