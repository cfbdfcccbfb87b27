import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { createAccess } from '../adapters/access-from-config.ts';
import { createHttpInspector } from '../adapters/upstream/http-inspector.ts';
import { createHttpUpstream } from '../adapters/upstream/http-upstream.ts';
import type { QueryFrontendConfig } from '../config/query-frontend.ts';
import type { ExchangeParts } from '../http/exchange.ts';
import { guardUpstream } from '../http/guard-upstream.ts';
import type { RoleTelemetry } from '../http/telemetry.ts';
import { UpstreamWatch } from '../http/upstream-watch.ts';
import { ApiServerHearsay, FrontendReadiness } from './frontend-readiness.ts';
import { createFilteredEndpoints } from './filtered-parts.ts';
import type { Surroundings } from './role.ts';
import { createShares } from './shares-from-config.ts';

/** Everything between the listeners and the world, made of one configuration. */
export interface QueryFrontendParts {
  readonly exchange: ExchangeParts;
  readonly readiness: FrontendReadiness;
  /** Closes every connection. Call it when no request is under way. */
  readonly release: () => void;
}

/**
 * Makes the parts of one configuration. It waits for nobody.
 *
 * @throws {Fault} The faults of access: see {@link createAccess}.
 */
export async function createParts(
  config: QueryFrontendConfig,
  surroundings: Surroundings,
  telemetry: RoleTelemetry,
): Promise<QueryFrontendParts> {
  const { env, log, readDocument } = surroundings;
  const apiServer = new ApiServerHearsay();
  const access = await createAccess(config.access, config.tenancyLabel, {
    env,
    log,
    observer: apiServer.listenBefore(telemetry.access),
    staticLabels: staticLabelsOf(config.staticLabels),
    readDocument,
  });
  const upstream = createHttpUpstream(config.upstream);
  const { tenancyLabel } = config;
  const rules = { tenancyLabel, staticLabels: Object.keys(config.staticLabels) };
  const watch = new UpstreamWatch(createHttpInspector(config.upstream), rules, log);
  const guarded = guardUpstream(upstream, () => watch.findings.length === 0);
  const endpoints = createFilteredEndpoints(config, guarded);
  const readiness = new FrontendReadiness({
    access,
    apiServer: config.access.kind === 'kubernetes' ? apiServer : undefined,
    upstream: watch,
    log,
    metrics: telemetry.operations,
  });
  return {
    exchange: {
      access: access.access,
      upstream: guarded,
      ...endpoints.exchange,
      shares: createShares(config, telemetry),
      limits: config.limits,
      scoping: config.scoping,
      deadlineMs: config.upstream.deadlineMs,
      attributes: config.access.kind === 'kubernetes' ? config.access.attributes : undefined,
      telemetry,
      log,
    },
    readiness,
    release: () => {
      readiness.stop();
      upstream.close();
      endpoints.close();
      access.stop();
    },
  };
}
