import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { PART_OF } from './labels.ts';
import { refuseSecondObject } from './object-name.ts';
import {
  BUCKET_FOLDER,
  DEFAULT_OBJSTORE_KEY,
  DEFAULT_OBJSTORE_SECRET,
  type ObjstoreSecret,
} from './objstore-secret.ts';
import { SynthError } from './synth-error.ts';

/** What every kind of object store has. */
export interface ObjectStoreProps {
  /**
   * Name of the Secret that is made.
   * @default 'thanos-objstore-secret'
   */
  readonly secretName?: string;
  /**
   * What the names of all objects begin with, so that several installations share a bucket.
   * @default - nothing
   */
  readonly prefix?: string;
  /**
   * Says that it is known: keys in `unsafeCredentials` stand in the manifests in clear text.
   * @default false
   */
  readonly unsafeAllowLiteralCredentials?: boolean;
}

/** An object store that speaks S3. */
export interface S3Props extends ObjectStoreProps {
  /** The bucket. */
  readonly bucket: string;
  /** Host and port, without a scheme, such as `s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  /**
   * The region.
   * @default - what the endpoint says
   */
  readonly region?: string;
  /**
   * Takes credentials the way the libraries of AWS do: from the ServiceAccount, which
   * `serviceAccountAnnotations` of each component give a role, or from the node.
   * @default true, unless keys are given
   */
  readonly sdkCredentials?: boolean;
  /**
   * Speaks HTTP without TLS.
   * @default false
   */
  readonly unsafePlainHttp?: boolean;
  /**
   * Keys in clear text. Prefer `sdkCredentials`, or a Secret of your own and `ObjectStore.fromSecret`.
   * @default - none
   */
  readonly unsafeCredentials?: { readonly accessKey: string; readonly secretKey: string };
}

/** A bucket of Google. */
export interface GcsProps extends ObjectStoreProps {
  /** The bucket. */
  readonly bucket: string;
  /**
   * The key of a service account in clear text, as JSON. Without it the identity of the workload counts.
   * @default - none
   */
  readonly unsafeCredentials?: { readonly serviceAccount: string };
}

/** A container of Azure. */
export interface AzureProps extends ObjectStoreProps {
  /** The storage account. */
  readonly storageAccount: string;
  /** The container. */
  readonly container: string;
  /**
   * The client that is used of several that were assigned.
   * @default - the one that was assigned
   */
  readonly userAssignedId?: string;
  /**
   * The key of the account in clear text. Without it the identity of the workload counts.
   * @default - none
   */
  readonly unsafeCredentials?: { readonly storageAccountKey: string };
}

/** A folder that all pods mount. */
export interface FilesystemProps extends ObjectStoreProps {
  /** A PersistentVolumeClaim that many pods can write to. It must exist. */
  readonly claimName: string;
}

/**
 * Where blocks are kept: a reference to the Secret that holds the configuration, or the configuration
 * itself, of which the Secret is made.
 *
 * What is made holds no key unless that is asked for twice, since manifests go into version control.
 */
export class ObjectStore implements ObjstoreSecret {
  readonly name: string;
  readonly key: string;
  readonly sharedClaim: string | undefined;

  private constructor(name: string, key: string, sharedClaim?: string) {
    this.name = name;
    this.key = key;
    this.sharedClaim = sharedClaim;
  }

  /**
   * Takes the configuration from a Secret that exists.
   *
   * @param name - Name of the Secret; `thanos-objstore-secret` by default.
   * @param key - The key in it; `thanos.yaml` by default.
   */
  static fromSecret(
    name: string = DEFAULT_OBJSTORE_SECRET,
    key: string = DEFAULT_OBJSTORE_KEY,
  ): ObjectStore {
    return new ObjectStore(name, key);
  }

  /** A bucket of Amazon, or of anything that speaks its protocol. */
  static s3(scope: Construct, id: string, props: S3Props): ObjectStore {
    const { bucket, endpoint, region, unsafeCredentials } = props;
    if (endpoint.includes('/')) {
      throw new SynthError(
        `ObjectStore ${id} endpoint`,
        `${JSON.stringify(endpoint)} is no host`,
        'name host and port without a scheme, and switch TLS off by unsafePlainHttp',
      );
    }
    if (props.sdkCredentials === true && unsafeCredentials !== undefined) {
      throw new SynthError(
        `ObjectStore ${id} sdkCredentials`,
        'would leave the keys that are given unused',
        'leave out one of the two',
      );
    }
    return ObjectStore.#add(scope, id, props, 'S3', {
      bucket,
      endpoint,
      ...(region === undefined ? {} : { region }),
      insecure: props.unsafePlainHttp ?? false,
      aws_sdk_auth: props.sdkCredentials ?? unsafeCredentials === undefined,
      ...(unsafeCredentials === undefined
        ? {}
        : { access_key: unsafeCredentials.accessKey, secret_key: unsafeCredentials.secretKey }),
    });
  }

  /** A bucket of Google. */
  static gcs(scope: Construct, id: string, props: GcsProps): ObjectStore {
    const { bucket, unsafeCredentials } = props;
    return ObjectStore.#add(scope, id, props, 'GCS', {
      bucket,
      ...(unsafeCredentials === undefined
        ? {}
        : { service_account: unsafeCredentials.serviceAccount }),
    });
  }

  /** A container of Azure. */
  static azure(scope: Construct, id: string, props: AzureProps): ObjectStore {
    const { container, storageAccount, unsafeCredentials, userAssignedId } = props;
    return ObjectStore.#add(scope, id, props, 'AZURE', {
      storage_account: storageAccount,
      container,
      storage_create_container: false,
      ...(userAssignedId === undefined ? {} : { user_assigned_id: userAssignedId }),
      ...(unsafeCredentials === undefined
        ? {}
        : { storage_account_key: unsafeCredentials.storageAccountKey }),
    });
  }

  /** A folder that all pods mount. For trying out: it locks nothing. */
  static filesystem(scope: Construct, id: string, props: FilesystemProps): ObjectStore {
    const config = { directory: BUCKET_FOLDER };
    const { key, name } = ObjectStore.#add(scope, id, props, 'FILESYSTEM', config);
    return new ObjectStore(name, key, props.claimName);
  }

  static #add(
    scope: Construct,
    id: string,
    props: ObjectStoreProps & { readonly unsafeCredentials?: unknown },
    type: string,
    config: Readonly<Record<string, unknown>>,
  ): ObjectStore {
    if (props.unsafeCredentials !== undefined && props.unsafeAllowLiteralCredentials !== true) {
      throw new SynthError(
        `ObjectStore ${id} unsafeCredentials`,
        'would stand in the manifests in clear text',
        'use the identity of the workload or ObjectStore.fromSecret, or set unsafeAllowLiteralCredentials',
      );
    }
    const name = props.secretName ?? DEFAULT_OBJSTORE_SECRET;
    const document = {
      type,
      config,
      ...(props.prefix === undefined ? {} : { prefix: props.prefix }),
    };
    refuseSecondObject(scope, 'Secret', name);
    void new k8s.KubeSecret(scope, id, {
      metadata: { name, labels: { 'app.kubernetes.io/part-of': PART_OF } },
      stringData: { [DEFAULT_OBJSTORE_KEY]: `${JSON.stringify(document, null, 2)}\n` },
    });
    return new ObjectStore(name, DEFAULT_OBJSTORE_KEY);
  }
}
