import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';

/** Settings of the objects behind a {@link Token}. */
export interface TokenTarget {
  /** The ServiceAccount that the token stands for. */
  readonly serviceAccountName: string;
  /** The tenant's namespace. */
  readonly namespace: string;
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How the reader of a tenant gets a token that a data source can hold. */
export class Token {
  readonly #add: (scope: Construct, target: TokenTarget) => string | undefined;

  private constructor(add: (scope: Construct, target: TokenTarget) => string | undefined) {
    this.#add = add;
  }

  /**
   * A Secret that the control plane fills with a token.
   *
   * It is declarative and needs nothing beside the cluster. The token does not expire: whoever reads
   * the Secret can read the tenant's metrics, and nothing else, until the Secret is deleted.
   */
  static legacySecret(): Token {
    return new Token((scope, { serviceAccountName, namespace, labels }) => {
      const secret = new k8s.KubeSecret(scope, 'token', {
        metadata: {
          name: `${serviceAccountName}-token`,
          namespace,
          labels: { ...labels },
          annotations: { 'kubernetes.io/service-account.name': serviceAccountName },
        },
        type: 'kubernetes.io/service-account-token',
      });
      return secret.name;
    });
  }

  /** No token: readers bring their own, as with forwarded OAuth. */
  static none(): Token {
    return new Token(() => undefined);
  }

  /** Adds the objects and returns the name of the Secret that will hold the token. */
  addTo(scope: Construct, target: TokenTarget): string | undefined {
    return this.#add(scope, target);
  }
}
