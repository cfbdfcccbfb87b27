import { systemClock } from '../../../frontend/adapters/clock.ts';
import type { LimitGroups } from '../../../frontend/config/limits.ts';
import { parseQueryFrontendConfig } from '../../../frontend/config/query-frontend.ts';
import { Shares } from '../../../frontend/http/shares.ts';

const parsed = parseQueryFrontendConfig({
  apiVersion: 'prometheus-tenancy-kit/v1alpha1',
  kind: 'QueryFrontend',
  listener: { address: '127.0.0.1' },
  upstream: { url: 'http://upstream.example' },
  access: { kind: 'kubernetes' },
});
if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.rejection));

/** The limits, rates and queues of an installation that configures none. */
export const DEFAULT_GROUPS: LimitGroups = parsed.value;

/** Shares by these rules, and for the rest the usual ones, without rates: tests are in a hurry. */
export function sharesOf(groups: Partial<LimitGroups> = {}, deadlineMs = 10_000): Shares {
  return new Shares({
    groups: { ...DEFAULT_GROUPS, rates: { perTenant: 0, perUser: 0 }, ...groups },
    clock: systemClock,
    deadlineMs,
    onAnswer: () => undefined,
    onTurn: () => undefined,
  });
}

/** Rules under which every request goes upstream by itself and at once. */
export const NOTHING_SHARED: Partial<LimitGroups> = {
  concurrency: {
    ...DEFAULT_GROUPS.concurrency,
    total: 1_000,
    perTenant: 1_000,
    perUser: 1_000,
  },
  coalescing: { ...DEFAULT_GROUPS.coalescing, enabled: false },
};
