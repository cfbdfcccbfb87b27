import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { SynthError } from '../synth-error.ts';

/** Settings of {@link BearerToken.serviceAccount}. */
export interface ServiceAccountTokenProps {
  /** Whom the token is meant for; the upstream must expect it. */
  readonly audience: string;
  /**
   * How long a token is good for; the kubelet replaces it in time. At least ten minutes.
   * @default Duration.hours(1)
   */
  readonly expiration?: Duration;
}

/** By which token the frontend makes itself known to an upstream. It is never a caller's. */
export class BearerToken {
  readonly #project: (path: string) => k8s.VolumeProjection;

  private constructor(project: (path: string) => k8s.VolumeProjection) {
    this.#project = project;
  }

  /** Takes a key of a Secret in the namespace of the frontend. */
  static secret(name: string, key: string = 'token'): BearerToken {
    return new BearerToken((path) => ({ secret: { name, items: [{ key, path }] } }));
  }

  /**
   * Takes a token of the frontend's own ServiceAccount, for an upstream that has it reviewed.
   *
   * @throws {SynthError} If no audience is named, or the token would expire too soon.
   */
  static serviceAccount({ audience, expiration }: ServiceAccountTokenProps): BearerToken {
    const expirationSeconds = (expiration ?? Duration.hours(1)).toSeconds();
    if (audience === '') {
      throw new SynthError(
        'BearerToken.serviceAccount audience',
        'is empty, so the upstream would hold a token that the API server takes',
        'name what the upstream calls itself',
      );
    }
    if (expirationSeconds < 600) {
      throw new SynthError(
        'BearerToken.serviceAccount expiration',
        `${expirationSeconds} s is less than Kubernetes allows`,
        'set at least ten minutes',
      );
    }
    return new BearerToken((path) => ({
      serviceAccountToken: { audience, expirationSeconds, path },
    }));
  }

  /** The file of it, at a path in a projected volume. */
  toProjection(path: string): k8s.VolumeProjection {
    return this.#project(path);
  }
}
