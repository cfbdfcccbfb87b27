import { parseQueryFrontendConfig, type QueryFrontendConfig } from '../config/query-frontend.ts';
import { Fault } from '../fault.ts';
import { CurrentParts } from '../http/current-parts.ts';
import { startListener } from '../http/listener.ts';
import { startOperationsListener } from '../http/operations-listener.ts';
import { createTelemetry } from '../http/telemetry.ts';
import type { FrontendReadiness } from './frontend-readiness.ts';
import { createParts, type QueryFrontendParts } from './query-frontend-parts.ts';
import { ROLE_OPTIONS, type Role, type RunningRole, type Surroundings } from './role.ts';
import type { OpenWebUi } from './web-ui-parts.ts';

/**
 * What a drain may take beyond the deadline of the last request, in milliseconds. With the default
 * deadline both fit into the 30 s that Kubernetes grants.
 */
const DRAIN_SLACK_MS = 500;

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

/** The same in a program that holds a web UI, which the configuration may then switch on. */
export function queryFrontendRoleWith(openWebUi: OpenWebUi): Role<QueryFrontendConfig> {
  return {
    ...queryFrontendRole,
    start: (config, surroundings) => start(config, { ...surroundings, openWebUi }),
  };
}

async function start(
  config: QueryFrontendConfig,
  surroundings: Surroundings,
): Promise<RunningRole<QueryFrontendConfig>> {
  const telemetry = createTelemetry();
  const { operations: metrics } = telemetry;
  // What was started is released in the opposite order, also when a later step fails.
  await using started = new AsyncDisposableStack();
  let parts = await createParts(config, surroundings, telemetry);
  const current = new CurrentParts(parts.exchange, parts.release);
  started.defer(() => {
    current.close();
  });
  const operations = await startOperationsListener(
    config.operations,
    telemetry,
    () => parts.readiness.report,
  );
  started.defer(() => operations.close());
  const listener = await startListener(config.listener, current, {
    onCheck: (isInUse) => {
      metrics.certificateChecked(isInUse);
    },
  });
  parts.readiness.start();
  const running = started.move();
  let candidate: QueryFrontendParts | undefined;
  let isStopping = false;
  return {
    addresses: { listener: listener.url, operations: operations.url },
    reloadFinished: (outcome) => {
      metrics.configReloaded(outcome);
    },
    reconfigure: async (next) => {
      const made = await createParts(next, surroundings, telemetry);
      candidate = made;
      try {
        await requireReady(made.readiness);
        if (isStopping) throw new Fault('stopping', 'change the configuration while stopping');
      } catch (error) {
        made.release();
        throw error;
      } finally {
        candidate = undefined;
      }
      parts.readiness.stop();
      parts = made;
      current.replace(made.exchange, made.release);
      made.readiness.start();
      return settingsThatStay(config, next);
    },
    stop: async () => {
      isStopping = true;
      // Ends what it waits for.
      candidate?.release();
      parts.readiness.stop();
      metrics.readyChanged(false);
      await listener.drain(parts.exchange.deadlineMs + DRAIN_SLACK_MS);
      await running.disposeAsync();
    },
  };
}

// Whoever replaces parts that work by parts that do not has no last good configuration any more.
async function requireReady(readiness: FrontendReadiness): Promise<void> {
  const { isReady, dependencies } = await readiness.check();
  if (isReady) return;
  const reasons = dependencies.flatMap(({ name, reason }) =>
    reason ? [`${name}: ${reason}`] : [],
  );
  throw new Fault('not_ready', `use the new configuration: ${reasons.join(', ')}`);
}

/** Names the settings in which two configurations differ and which need a restart. */
function settingsThatStay(
  running: QueryFrontendConfig,
  next: QueryFrontendConfig,
): readonly string[] {
  return (['listener', 'operations'] as const).flatMap((group) => {
    const before: Readonly<Record<string, unknown>> = { ...running[group] };
    const after: Readonly<Record<string, unknown>> = { ...next[group] };
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names]
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => `${group}.${name}`);
  });
}
