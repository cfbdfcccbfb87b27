import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { Access } from '../access/access.ts';
import { type AccessObserver, SILENT_OBSERVER } from '../access/access-observer.ts';
import type { Clock } from '../access/clock.ts';
import { createKubernetesAccess } from '../access/kubernetes-access.ts';
import { createStaticAccess } from '../access/static-access.ts';
import type {
  AccessConfig,
  KubernetesAccessConfig,
  StaticTokensAccessConfig,
} from '../config/query-frontend.ts';
import { Fault } from '../fault.ts';
import type { Log } from '../http/log.ts';
import { systemClock } from './clock.ts';
import { type ReadDocument, readJsonDocument } from './files/document.ts';
import { readStaticTokens } from './files/static-tokens.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { createAccessReviewer } from './kubernetes/access-reviewer.ts';
import { ApiClient } from './kubernetes/api-client.ts';
import { IssuerKeys } from './kubernetes/issuer-keys.ts';
import { logOutages } from './kubernetes/log-outages.ts';
import { type AccessReadiness, createReadiness } from './kubernetes/readiness.ts';
import { createTokenReviewer } from './kubernetes/token-reviewer.ts';

/** Access decisions, and the life of what they need. */
export interface RunningAccess {
  readonly access: Access;
  /** Says whether decisions can be made. It asks the API server until that worked once. */
  ready(): Promise<AccessReadiness>;
  /** Closes the connections to the API server. */
  stop(): void;
}

/** What {@link createAccess} takes from its surroundings, besides the configuration. */
export interface CreateAccessOptions {
  /** The environment of the process, which tells whether it runs in a cluster. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hears of outages of the API server. @defaultValue nobody */
  readonly log?: Log | undefined;
  /** @defaultValue {@link SILENT_OBSERVER} */
  readonly observer?: AccessObserver | undefined;
  /** @defaultValue {@link systemClock} */
  readonly clock?: Clock | undefined;
  /** How a file of static tokens is read. @defaultValue {@link readJsonDocument} */
  readonly readDocument?: ReadDocument | undefined;
}

/**
 * Creates what decides access from its configuration. It does not wait for the API server.
 *
 * @throws {Fault} `static_tokens_in_cluster` if static tokens are configured inside a cluster and
 *   not forced, `api_server_url_invalid`, and the faults of a token file that cannot be read.
 */
export async function createAccess(
  config: AccessConfig,
  tenancyLabel: TenancyLabel,
  options: CreateAccessOptions,
): Promise<RunningAccess> {
  switch (config.kind) {
    case 'kubernetes':
      return kubernetesAccess(config, tenancyLabel, options);
    case 'staticTokens':
      return staticAccess(config, tenancyLabel, options);
    default:
      return config satisfies never;
  }
}

function kubernetesAccess(
  config: KubernetesAccessConfig,
  tenancyLabel: TenancyLabel,
  options: CreateAccessOptions,
): RunningAccess {
  const { clock = systemClock, log } = options;
  const silent = options.observer ?? SILENT_OBSERVER;
  const observer = log === undefined ? silent : logOutages(silent, log);
  const maxSockets = config.budget.maxInFlight;
  const client = new ApiClient({ ...config.apiServer, maxSockets, clock });
  const tokenReviewer = createTokenReviewer(client);
  const accessReviewer = createAccessReviewer(client);
  const issuerVerifier = new IssuerKeys({ client, clock, observer });
  const { attributes } = config;
  const access = createKubernetesAccess(
    { tokenReviewer, accessReviewer, clock, hash: createKeyedHash(), issuerVerifier, observer },
    { tenancyLabel, ...config },
  );
  const reviewsAnswered = createReadiness({ client, tokenReviewer, accessReviewer, attributes });
  return {
    access,
    ready: async () => {
      const [readiness] = await Promise.all([reviewsAnswered(), issuerVerifier.refresh()]);
      return readiness;
    },
    stop: () => {
      client.stop();
    },
  };
}

async function staticAccess(
  config: StaticTokensAccessConfig,
  tenancyLabel: TenancyLabel,
  options: CreateAccessOptions,
): Promise<RunningAccess> {
  const isInCluster = (options.env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  if (isInCluster && !config.unsafeInCluster) {
    throw new Fault(
      'static_tokens_in_cluster',
      'static tokens are for local use: set unsafeInCluster to use them inside a cluster',
    );
  }
  const tokens = await readStaticTokens(config.file, options.readDocument ?? readJsonDocument);
  return {
    access: createStaticAccess(tokens, { hash: createKeyedHash(), tenancyLabel }),
    ready: async () => ({ isReady: true }),
    stop: () => undefined,
  };
}
