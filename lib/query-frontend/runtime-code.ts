import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { HashedConfigMap } from '../hashed-config-map.ts';
import { SynthError } from '../synth-error.ts';
import {
  requireShippable,
  type RuntimeBundle,
  type RuntimeFile,
  type RuntimeRole,
} from './runtime-bundle.ts';

/** How the code of the runtime gets into a pod. */
export class RuntimeCode {
  /** The role that the code plays. */
  readonly role: RuntimeRole;
  /** The image that holds the code, or `undefined` where a plain Node runs it. */
  readonly image: string | undefined;
  readonly #files: readonly RuntimeFile[];

  private constructor(
    role: RuntimeRole,
    { image, files = [] }: { readonly image?: string; readonly files?: readonly RuntimeFile[] },
  ) {
    this.role = role;
    this.image = image;
    this.#files = files;
  }

  /**
   * Ships the code in immutable ConfigMaps that are named by their hash: no registry, no image build.
   * The image is then a plain Node.
   *
   * @throws SynthError If the bundle is too large for a client-side `kubectl apply`.
   */
  static configMap(bundle: RuntimeBundle): RuntimeCode {
    requireShippable(bundle);
    return new RuntimeCode(bundle.role, { files: bundle.files });
  }

  /**
   * Takes the code out of an image, such as the one that the `Containerfile` of this project describes:
   * its entrypoint is Node, and its folder `/app` holds the bundles.
   *
   * @param image - Repository and digest. A tag alone could come to mean other code.
   * @param role - The bundle that is started; `query-frontend-ui` is the one with a web UI.
   * @throws SynthError If the image is not named by its digest.
   */
  static image(image: string, role: RuntimeRole = 'query-frontend'): RuntimeCode {
    if (!/^[a-z0-9][^@\s]*@sha256:[0-9a-f]{64}$/.test(image)) {
      throw new SynthError(
        'RuntimeCode.image',
        `${JSON.stringify(image)} names no digest, so what runs could change without a change here`,
        'write repository@sha256: and 64 hexadecimal digits',
      );
    }
    return new RuntimeCode(role, { image });
  }

  /** Adds the objects that carry the code, and says how a pod reaches it. */
  mountInto(
    scope: Construct,
    prefix: string,
    labels: Readonly<Record<string, string>>,
  ): MountedCode {
    const entry = `${CODE_FOLDER}/${this.role}.mjs`;
    if (this.image !== undefined) {
      return { configMaps: [], command: [], args: [entry], volumes: [], mounts: [] };
    }
    const configMaps = this.#files.map(
      ({ name, code }, index) =>
        new HashedConfigMap(scope, index === 0 ? 'code' : `code-${index}`, {
          prefix: index === 0 ? `${prefix}-code` : `${prefix}-code-shared`,
          data: { [name]: code },
          labels,
        }),
    );
    const sources = configMaps.map(({ name }) => ({ configMap: { name } }));
    return {
      configMaps,
      command: ['node', entry],
      args: [],
      volumes: [{ name: 'code', projected: { sources } }],
      mounts: [{ name: 'code', mountPath: CODE_FOLDER, readOnly: true }],
    };
  }
}

/** The code as a container sees it. */
export interface MountedCode {
  /** The objects that carry it, one a file: each stays small enough for kubectl. */
  readonly configMaps: readonly HashedConfigMap[];
  /** What starts it; empty where the entrypoint of the image does. */
  readonly command: readonly string[];
  /** What comes before the arguments of the role. */
  readonly args: readonly string[];
  /** Volumes of the pod. */
  readonly volumes: readonly k8s.Volume[];
  /** Mounts of the container. */
  readonly mounts: readonly k8s.VolumeMount[];
}

/** The folder of the code in a pod. */
export const CODE_FOLDER = '/app';
