import { systemClock } from '../adapters/clock.ts';
import type { QueryFrontendConfig } from '../config/query-frontend.ts';
import { Shares } from '../http/shares.ts';
import type { RoleTelemetry } from '../http/telemetry.ts';

/** Makes what the callers of one configuration share. */
export function createShares(
  config: QueryFrontendConfig,
  telemetry: Pick<RoleTelemetry, 'answerGiven' | 'turnTaken'>,
): Shares {
  const { concurrency, upstream } = config;
  // Beyond its connections an upstream's agent has a queue of its own, which knows no tenants.
  const total = Math.min(concurrency.total, upstream.maxSockets);
  return new Shares({
    groups: { ...config, concurrency: { ...concurrency, total } },
    clock: systemClock,
    deadlineMs: upstream.deadlineMs,
    onAnswer: telemetry.answerGiven,
    onTurn: telemetry.turnTaken,
  });
}
