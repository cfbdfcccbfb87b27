import { createAccess, type RunningAccess } from '../adapters/access-from-config.ts';
import { createHttpUpstream } from '../adapters/upstream/http-upstream.ts';
import { parseQueryFrontendConfig, type QueryFrontendConfig } from '../config/query-frontend.ts';
import { startListener } from '../http/listener.ts';
import type { Log } from '../http/log.ts';
import { startOperationsListener } from '../http/operations-listener.ts';
import { createTelemetry } from '../http/telemetry.ts';
import { ROLE_OPTIONS, type Role, type RunningRole, type Surroundings } from './role.ts';

/**
 * What a drain may take beyond the deadline of the last request, in milliseconds. With the default
 * deadline both fit into the 30 s that Kubernetes grants.
 */
const DRAIN_SLACK_MS = 500;
const READY_CHECK_MS = 1_000;

/** The role that tenants' Grafana talks to. */
export const queryFrontendRole: Role<QueryFrontendConfig> = {
  spec: {
    name: 'query-frontend',
    summary: 'answers PromQL of tenants with their own series only',
    options: ROLE_OPTIONS,
  },
  kind: 'QueryFrontend',
  parse: parseQueryFrontendConfig,
  start,
};

async function start(
  config: QueryFrontendConfig,
  surroundings: Surroundings,
): Promise<RunningRole> {
  const { env, log, readDocument } = surroundings;
  const telemetry = createTelemetry();
  // What was started is released in the opposite order, also when a later step fails.
  await using started = new AsyncDisposableStack();
  const access = await createAccess(config.access, config.tenancyLabel, {
    env,
    log,
    observer: telemetry.access,
    readDocument,
  });
  started.defer(() => {
    access.stop();
  });
  const upstream = createHttpUpstream(config.upstream);
  started.defer(() => {
    upstream.close();
  });
  const readiness = watchReadiness(access, log);
  started.defer(readiness.stop);
  const operations = await startOperationsListener(config.operations, telemetry, readiness.isReady);
  started.defer(() => operations.close());
  const listener = await startListener(config.listener, {
    access: access.access,
    upstream,
    limits: config.limits,
    deadlineMs: config.upstream.deadlineMs,
    telemetry,
    log,
  });
  const running = started.move();
  return {
    addresses: { listener: listener.url, operations: operations.url },
    stop: async () => {
      readiness.stop();
      await listener.drain(config.upstream.deadlineMs + DRAIN_SLACK_MS);
      await running.disposeAsync();
    },
  };
}

/** Asks until everything that is needed was reached once; draining ends readiness. */
function watchReadiness(
  access: Pick<RunningAccess, 'ready'>,
  log: Log,
): {
  readonly isReady: () => boolean;
  readonly stop: () => void;
} {
  let isReady = false;
  let isStopped = false;
  let lastReason: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const check = async (): Promise<void> => {
    const readiness = await access.ready().catch((error: unknown) => {
      log('error', 'defect', { error });
      return { isReady: false, reason: 'defect' } as const;
    });
    if (isStopped) return;
    isReady = readiness.isReady;
    if (readiness.isReady) return;
    if (readiness.reason !== lastReason) log('warn', 'not_ready', { reason: readiness.reason });
    lastReason = readiness.reason;
    timer = setTimeout(() => void check(), READY_CHECK_MS);
  };
  void check();
  return {
    isReady: () => isReady,
    stop: () => {
      isStopped = true;
      isReady = false;
      clearTimeout(timer);
    },
  };
}
