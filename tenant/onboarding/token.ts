import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { type PodPlacement, placementOf } from '../../lib/pod-placement.ts';
import type { NodeImage } from '../../lib/query-frontend/node-image.ts';
import { SynthError } from '../../lib/synth-error.ts';
import { TokenRenewal } from './token-renewal.ts';

/** Settings of the objects behind a {@link Token}. */
export interface TokenTarget {
  /** The ServiceAccount that the token stands for. */
  readonly serviceAccountName: string;
  /** The tenant's namespace. */
  readonly namespace: string;
  /**
   * The audience by which the frontend knows tokens that are meant for it.
   * @default - the API server's own
   */
  readonly audience?: string | undefined;
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Settings of {@link Token.renewed}. */
export interface RenewedTokenProps extends PodPlacement {
  /**
   * How long a token is valid: at least two renewals, at most 30 days. An API server may shorten it; where
   * that leaves less than one renewal, the Job fails.
   * @default Duration.hours(48)
   */
  readonly lifetime?: Duration;
  /**
   * How often a new one is made, in hours: a divisor of 24.
   * @default 12
   */
  readonly everyHours?: number;
  /**
   * The image that runs the program. An overlay of Kustomize may take it from elsewhere. Whatever else
   * changes it in the manifests has to delete the first Job before: a Job cannot be changed.
   * @default - that of the query frontend: a plain Node
   */
  readonly image?: NodeImage;
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

  /**
   * A Secret whose token is meant for the frontend, expires, and is made anew by a CronJob.
   *
   * Whoever copies the token has it for its lifetime, and cannot use it at the API server, unless the
   * frontend names no audience of its own: then it is the API server's. What reads the
   * Secret has to take new tokens in time: a data source as a resource of the Grafana operator does;
   * from a provisioning file Grafana reads the token when it starts and when provisioning is reloaded
   * (`POST /api/admin/provisioning/datasources/reload`).
   *
   * @throws {SynthError} If a token could expire before the next one is there, or only after 30 days.
   */
  static renewed(props: RenewedTokenProps = {}): Token {
    const lifetime = props.lifetime ?? Duration.hours(48);
    const everyHours = props.everyHours ?? 12;
    requireSchedule(lifetime, everyHours);
    return new Token((scope, target) => {
      const { audience, labels, namespace, serviceAccountName } = target;
      const renewal = new TokenRenewal(scope, 'token-renewal', {
        ...placementOf(props),
        serviceAccountName,
        namespace,
        audience,
        lifetime,
        everyHours,
        image: props.image ?? {},
        labels,
      });
      return renewal.secretName;
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

// Nothing but the deletion of the ServiceAccount takes a token back that was copied.
const LONGEST_LIFETIME = Duration.days(30);

function requireSchedule(lifetime: Duration, everyHours: number): void {
  if (!Number.isInteger(everyHours) || everyHours < 1 || 24 % everyHours !== 0) {
    throw new SynthError(
      'Token.renewed everyHours',
      `${everyHours} is no divisor of 24, so renewals would not be evenly spaced`,
      'use 1, 2, 3, 4, 6, 8, 12 or 24',
    );
  }
  if (lifetime.toMilliseconds() > LONGEST_LIFETIME.toMilliseconds()) {
    throw new SynthError(
      'Token.renewed lifetime',
      'is longer than 30 days, for which a copy of the token would outlive every renewal',
      'use at most 30 days, or Token.legacySecret() if it is not to expire',
    );
  }
  if (lifetime.toMilliseconds() >= Duration.hours(2 * everyHours).toMilliseconds()) return;
  throw new SynthError(
    'Token.renewed lifetime',
    'is shorter than two renewals, so that one which fails leaves an expired token',
    `use at least ${2 * everyHours} hours, or renew more often`,
  );
}
