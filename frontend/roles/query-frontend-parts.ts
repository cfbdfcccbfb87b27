import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { createAccess } from '../adapters/access-from-config.ts';
import { createHttpInspector } from '../adapters/upstream/http-inspector.ts';
import { createHttpUpstream } from '../adapters/upstream/http-upstream.ts';
import type { QueryFrontendConfig } from '../config/query-frontend.ts';
import { attributesOf } from '../http/endpoint-classes.ts';
import type { ExchangeParts } from '../http/exchange.ts';
import { guardUpstream } from '../http/guard-upstream.ts';
import type { RoleTelemetry } from '../http/telemetry.ts';
import { UpstreamWatch } from '../http/upstream-watch.ts';
import { ApiServerHearsay, FrontendReadiness } from './frontend-readiness.ts';
import { createActorVerifier, credentialRulesOf } from './credential-rules.ts';
import { createFilteredEndpoints } from './filtered-parts.ts';
import type { Surroundings } from './role.ts';
import { createRulesUpstream } from './rules-upstream.ts';
import { createShares } from './shares-from-config.ts';
import { createWebUi } from './web-ui-parts.ts';

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
 * @throws {Fault} The faults of access, see {@link createAccess}, and of {@link createWebUi}.
 */
export async function createParts(
  config: QueryFrontendConfig,
  surroundings: Surroundings,
  telemetry: RoleTelemetry,
): Promise<QueryFrontendParts> {
  const { env, log, readDocument } = surroundings;
  // First, because it may throw, and what comes later must be released.
  const webUi = createWebUi(config, surroundings, () => isSafe());
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
  const isSafe = (): boolean => watch.findings.length === 0;
  const guarded = guardUpstream(upstream, isSafe);
  const ruler = config.upstreams.rules && createRulesUpstream(config.upstreams.rules, rules, log);
  const endpoints = createFilteredEndpoints(config, guarded, ruler?.upstream);
  const readiness = new FrontendReadiness({
    access,
    apiServer: config.access.kind === 'kubernetes' ? apiServer : undefined,
    upstream: watch,
    rulesUpstream: ruler?.watch,
    log,
    metrics: telemetry.operations,
  });
  // What is explained are queries.
  const asked =
    config.access.kind === 'kubernetes' ? attributesOf(config.access, 'query') : undefined;
  return {
    exchange: {
      access: access.access,
      credentials: credentialRulesOf(config),
      actors: createActorVerifier(config.access, log),
      upstream: guarded,
      ...endpoints.exchange,
      offer: {
        ...endpoints.exchange.offer,
        webUi: webUi !== undefined,
        clusterWide: access.access.authorizeCluster !== undefined,
      },
      webUi: webUi?.files,
      shares: createShares(config, telemetry),
      limits: config.limits,
      scoping: config.scoping,
      deadlineMs: config.upstream.deadlineMs,
      attributes: asked?.inNamespace,
      clusterAttributes: asked?.inCluster,
      telemetry,
      log,
    },
    readiness,
    release: () => {
      readiness.stop();
      upstream.close();
      endpoints.close();
      ruler?.close();
      webUi?.close();
      access.stop();
    },
  };
}
