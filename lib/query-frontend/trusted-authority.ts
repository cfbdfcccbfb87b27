import type { k8s } from 'cdk8s-plus-28';

/** The key in which cert-manager and Kubernetes keep the certificates of an authority. */
const DEFAULT_KEY = 'ca.crt';

/**
 * A certificate authority that the frontend trusts, of clients or of servers: certificates in PEM, its
 * self-signed root included. The pod sees a change within the minute or two that the kubelet takes, and
 * takes it over without a restart.
 */
export class TrustedAuthority {
  /** What names it, for comparisons and messages. */
  readonly id: string;
  readonly #project: (path: string) => k8s.VolumeProjection;

  private constructor(id: string, project: (path: string) => k8s.VolumeProjection) {
    this.id = id;
    this.#project = project;
  }

  /** Takes a key of a Secret in the namespace of the frontend; no other key of it is mounted. */
  static secret(name: string, key: string = DEFAULT_KEY): TrustedAuthority {
    return new TrustedAuthority(`Secret ${name}, ${key}`, (path) => ({
      secret: { name, items: [{ key, path }] },
    }));
  }

  /** Takes a key of a ConfigMap in the namespace of the frontend. */
  static configMap(name: string, key: string = DEFAULT_KEY): TrustedAuthority {
    return new TrustedAuthority(`ConfigMap ${name}, ${key}`, (path) => ({
      configMap: { name, items: [{ key, path }] },
    }));
  }

  /** The file of it, at a path in a projected volume. */
  toProjection(path: string): k8s.VolumeProjection {
    return this.#project(path);
  }
}
