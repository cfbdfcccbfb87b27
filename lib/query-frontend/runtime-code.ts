import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { HashedConfigMap } from '../hashed-config-map.ts';
import { requireShippable, type RuntimeBundle } from './runtime-bundle.ts';

/** How the code of the runtime gets into a pod. */
export class RuntimeCode {
  /** The role that the code plays. */
  readonly role: string;
  readonly #bundle: RuntimeBundle;

  private constructor(bundle: RuntimeBundle) {
    this.role = bundle.role;
    this.#bundle = bundle;
  }

  /**
   * Ships the code in immutable ConfigMaps that are named by their hash: no registry, no image build.
   * The image is then a plain Node.
   *
   * @throws SynthError If the bundle is too large for a client-side `kubectl apply`.
   */
  static configMap(bundle: RuntimeBundle): RuntimeCode {
    requireShippable(bundle);
    return new RuntimeCode(bundle);
  }

  /** Adds the objects that carry the code, and says how a pod reaches it. */
  mountInto(
    scope: Construct,
    prefix: string,
    labels: Readonly<Record<string, string>>,
  ): MountedCode {
    const configMaps = this.#bundle.files.map(
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
      command: ['node', `${CODE_FOLDER}/${this.role}.mjs`],
      volumes: [{ name: 'code', projected: { sources } }],
      mounts: [{ name: 'code', mountPath: CODE_FOLDER, readOnly: true }],
    };
  }
}

/** The code as a container sees it. */
export interface MountedCode {
  /** The objects that carry it, one a file: each stays small enough for kubectl. */
  readonly configMaps: readonly HashedConfigMap[];
  /** What starts it. */
  readonly command: readonly string[];
  /** Volumes of the pod. */
  readonly volumes: readonly k8s.Volume[];
  /** Mounts of the container. */
  readonly mounts: readonly k8s.VolumeMount[];
}

const CODE_FOLDER = '/app';
