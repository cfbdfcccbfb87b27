import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** Settings of a {@link HashedConfigMap}. */
export interface HashedConfigMapProps {
  /** The beginning of the name; a dash and the hash of the content follow. */
  readonly prefix: string;
  /** The files. */
  readonly data: Readonly<Record<string, string>>;
  /** Labels of the object. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Its namespace.
   * @default - that of the chart
   */
  readonly namespace?: string;
}

/**
 * An immutable ConfigMap that is named by its content.
 *
 * A changed content is a new name, which changes the pod template that mounts it and so rolls the
 * pods, one by one, each with the content it was started with. The ConfigMap of the last version is
 * not removed by an apply: a rollback needs it.
 */
export class HashedConfigMap extends Construct {
  /** The name, hash included. */
  readonly name: string;
  /** The ConfigMap. */
  readonly apiObject: k8s.KubeConfigMap;

  constructor(scope: Construct, id: string, props: HashedConfigMapProps) {
    super(scope, id);
    this.name = `${props.prefix}-${contentHash(props.data)}`;
    this.apiObject = new k8s.KubeConfigMap(this, 'config-map', {
      metadata: {
        name: this.name,
        ...(props.namespace !== undefined && { namespace: props.namespace }),
        labels: { ...props.labels },
      },
      immutable: true,
      data: { ...props.data },
    });
  }
}

const HASH_LENGTH = 10;

/** The first characters of the SHA-256 of the files, whatever order they are listed in. */
export function contentHash(data: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  for (const [name, content] of Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, content]));
  }
  return hash.digest('hex').slice(0, HASH_LENGTH);
}
