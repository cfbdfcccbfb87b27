import type {
  KubernetesAccessConfig,
  ListenerConfig,
} from '../../frontend/config/query-frontend.ts';
import type { FeaturesConfig, ScopingConfig } from '../../frontend/config/scoping.ts';

/** Bounds on the connections of clients. */
export type ListenerBounds = Pick<
  ListenerConfig,
  | 'maxConnections'
  | 'maxConnectionsPerCaller'
  | 'headersTimeoutMs'
  | 'requestTimeoutMs'
  | 'keepAliveTimeoutMs'
>;

/** How the API server is asked, and how long its verdicts are remembered. */
export interface ReviewBounds {
  /**
   * Longest time one review may take, in milliseconds, from 100 to 30,000.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /**
   * How long verdicts are remembered, and how many.
   * @default - those of the runtime: a revoked right works for at most 30 s
   */
  readonly cache?: Partial<KubernetesAccessConfig['cache']>;
  /**
   * How many reviews there may be.
   * @default - those of the runtime
   */
  readonly budget?: Partial<KubernetesAccessConfig['budget']>;
}

/** How the PromQL of callers is narrowed, and which parts of it are taken. */
export interface ScopingSettings {
  /**
   * What becomes of a matcher that a caller wrote on the tenancy label.
   * @default 'intersect'
   */
  readonly mode?: ScopingConfig['mode'];
  /**
   * Parts of PromQL, under the names of Prometheus' feature flags, that the upstream takes.
   * @default - none
   */
  readonly features?: Partial<FeaturesConfig>;
}

/** Settings of a `TenantQueryFrontend` that most installations leave alone. */
export interface FrontendTuning {
  /**
   * Bounds on the connections of clients.
   * @default - those of the runtime
   */
  readonly listener?: Partial<ListenerBounds>;
  /**
   * How the API server is asked, and how long its verdicts are remembered.
   * @default - as the runtime does
   */
  readonly reviews?: ReviewBounds;
  /**
   * How the PromQL of callers is narrowed, and which parts of it are taken.
   * @default - as the runtime does
   */
  readonly scoping?: ScopingSettings;
}

/** The settings of `access` that tune the reviews. */
export function reviewSettings({
  budget,
  cache,
  timeoutMs,
}: ReviewBounds): Readonly<Record<string, unknown>> {
  return {
    ...(timeoutMs !== undefined && { apiServer: { timeoutMs } }),
    ...(cache !== undefined && { cache: { ...cache } }),
    ...(budget !== undefined && { budget: { ...budget } }),
  };
}
