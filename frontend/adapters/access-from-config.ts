import type { StaticLabel } from '../../tenant/static-labels.ts';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { type AccessObserver, SILENT_OBSERVER } from '../access/access-observer.ts';
import type { ScopeLabels } from '../access/access-settings.ts';
import type { Clock } from '../access/clock.ts';
import { createStaticAccess } from '../access/static-access.ts';
import type { AccessConfig, StaticTokensAccessConfig } from '../config/query-frontend.ts';
import { Fault } from '../fault.ts';
import type { Log } from '../http/log.ts';
import { systemClock } from './clock.ts';
import { type ReadDocument, readJsonDocument } from './files/document.ts';
import { readStaticTokens } from './files/static-tokens.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { type RunningAccess, runKubernetesAccess } from './kubernetes/running-access.ts';

export type { RunningAccess } from './kubernetes/running-access.ts';

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
  /** Labels that every series must carry besides that of its tenant. @defaultValue none */
  readonly staticLabels?: readonly StaticLabel[] | undefined;
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
  const { clock = systemClock, log = noLog, observer = SILENT_OBSERVER } = options;
  const labels = { tenancyLabel, staticLabels: options.staticLabels };
  switch (config.kind) {
    case 'kubernetes':
      return runKubernetesAccess(config, { labels, clock, log, observer });
    case 'staticTokens':
      return staticAccess(config, labels, options);
    default:
      return config satisfies never;
  }
}

const noLog: Log = () => undefined;

async function staticAccess(
  config: StaticTokensAccessConfig,
  labels: ScopeLabels,
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
    access: createStaticAccess(tokens, { hash: createKeyedHash(), ...labels }),
    ready: async () => ({ isReady: true }),
    stop: () => undefined,
  };
}
