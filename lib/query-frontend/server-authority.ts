import type { k8s } from 'cdk8s-plus-28';

/** The key in which cert-manager and Kubernetes keep the certificates of an authority. */
const DEFAULT_KEY = 'ca.crt';

/**
 * A certificate authority of servers that the frontend connects to: certificates in PEM. The pod sees
 * a change within the minute or two that the kubelet takes, and takes it over without a restart.
 */
export class ServerAuthority {
  readonly #kind: 'secret' | 'configMap';
  readonly #name: string;
  readonly #key: string;

  private constructor(kind: 'secret' | 'configMap', name: string, key: string) {
    this.#kind = kind;
    this.#name = name;
    this.#key = key;
  }

  /** Takes a key of a Secret in the namespace of the frontend; no other key of it is mounted. */
  static secret(name: string, key: string = DEFAULT_KEY): ServerAuthority {
    return new ServerAuthority('secret', name, key);
  }

  /** Takes a key of a ConfigMap in the namespace of the frontend. */
  static configMap(name: string, key: string = DEFAULT_KEY): ServerAuthority {
    return new ServerAuthority('configMap', name, key);
  }

  /** The file of it, at a path in a projected volume. */
  toProjection(path: string): k8s.VolumeProjection {
    return { [this.#kind]: { name: this.#name, items: [{ key: this.#key, path }] } };
  }
}
