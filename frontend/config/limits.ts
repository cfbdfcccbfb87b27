import * as v from 'valibot';
import { described, integer, milliseconds, section } from './fields.ts';

// Bounds on what callers ask. The defaults let Grafana do what it does: ranges of five years, 11,000
// points, dashboards of dozens of panels that load at once.

/** Bounds on what one request may ask. Each answers with a code of its own. */
export interface LimitsConfig {
  readonly tenants: number;
  readonly bodyBytes: number;
  readonly queryBytes: number;
  readonly queryDepth: number;
  readonly querySelectors: number;
  readonly scopedBytes: number;
  readonly rangeSeconds: number;
  readonly points: number;
  readonly lookbackSeconds: number;
  readonly offsetSeconds: number;
  readonly subqueryPoints: number;
  readonly responseBytes: number;
  readonly filteredBytes: number;
}

/** How many requests per second are taken; a second's worth may come at once. */
export interface RatesConfig {
  readonly perTenant: number;
  readonly perUser: number;
}

/** How many queries go upstream at once, and how many wait for that. */
export interface ConcurrencyConfig {
  readonly total: number;
  readonly perTenant: number;
  readonly perUser: number;
  readonly waitingPerTenant: number;
  readonly waitingPerUser: number;
  readonly waitMs: number;
}

/** How equal queries share answers. */
export interface CoalescingConfig {
  readonly enabled: boolean;
  readonly bufferBytes: number;
  readonly cacheTtlMs: number;
  readonly cacheBytes: number;
}

/** The four groups, each of which may be left out. */
export interface LimitGroups {
  readonly limits: LimitsConfig;
  readonly rates: RatesConfig;
  readonly concurrency: ConcurrencyConfig;
  readonly coalescing: CoalescingConfig;
}

const FOREVER = 10_000_000_000;

const limits = {
  tenants: described(integer(1, 1_000), 200, 'Namespaces that one request may name.'),
  bodyBytes: described(integer(1_024, 1_048_576), 65_536, 'Bytes of a POST body.'),
  queryBytes: described(integer(64, 1_048_576), 32_768, 'Bytes of one PromQL expression.'),
  queryDepth: described(integer(8, 500), 200, 'Nesting depth of one PromQL expression.'),
  querySelectors: described(
    integer(1, 10_000),
    500,
    'Selectors in one request: in its PromQL expression, or in all its `match[]` together.',
  ),
  scopedBytes: described(
    integer(4_096, 8_388_608),
    262_144,
    'Bytes of the PromQL sent upstream for one request, with the matcher of the scope in every selector.',
  ),
  rangeSeconds: described(
    integer(1, FOREVER),
    160_000_000,
    'Seconds from start to end of a range query. The default takes the last five years.',
  ),
  points: described(
    integer(1, 1_000_000),
    11_000,
    'Steps of a range query: its range divided by its step. The default is that of Prometheus.',
  ),
  lookbackSeconds: described(
    integer(1, FOREVER),
    34_560_000,
    'Seconds that a selector may look back from where it is evaluated: its range, the ranges of subqueries around it, and `lookback_delta`. The default is 400 days.',
  ),
  offsetSeconds: described(
    integer(0, FOREVER),
    34_560_000,
    'Seconds by which `offset` and `@` may move a selector out of the evaluated range, either way. The default is 400 days.',
  ),
  subqueryPoints: described(
    integer(1, 100_000_000),
    200_000,
    'Points of a subquery: its range divided by its step (60 s where it names none), multiplied where subqueries are nested.',
  ),
  responseBytes: described(
    integer(1_024, 10_000_000_000),
    134_217_728,
    'Bytes of one answer. A longer one is refused where its length is known, and otherwise broken off.',
  ),
  filteredBytes: described(
    integer(65_536, 1_073_741_824),
    16_777_216,
    'Bytes of an answer of an upstream that is filtered (rules, alerts, exemplars, metadata, silences) and so has to be held as a whole. It holds what all tenants have. Up to eight such answers are held at once.',
  ),
} as const;

const rates = {
  perTenant: described(
    integer(0, 1_000_000),
    1_000,
    'Requests per second for one set of namespaces; as many may come at once after a quiet second. 0 is no limit.',
  ),
  perUser: described(
    integer(0, 1_000_000),
    500,
    'Requests per second of one user; as many may come at once after a quiet second. 0 is no limit.',
  ),
} as const;

const concurrency = {
  total: described(
    integer(1, 10_000),
    64,
    'Queries that go upstream at once, in all; never more than `upstream.maxSockets`. Best what the upstream itself runs at once, divided by the replicas of the frontend, since its own queue is not fair.',
  ),
  perTenant: described(
    integer(1, 10_000),
    32,
    'Of these, queries for one set of namespaces. Below `concurrency.total`, so that slow queries of one leave room for others.',
  ),
  perUser: described(
    integer(1, 10_000),
    32,
    'Of these, queries of one user, over all sets of namespaces.',
  ),
  waitingPerTenant: described(
    integer(0, 100_000),
    512,
    'Queries for one set of namespaces that wait for their turn.',
  ),
  waitingPerUser: described(
    integer(0, 100_000),
    512,
    'Queries of one user that wait for their turn.',
  ),
  waitMs: described(
    milliseconds(10, 600_000),
    10_000,
    'Longest time a query waits for its turn. It counts towards `upstream.deadlineMs`.',
  ),
} as const;

const coalescing = {
  enabled: described(
    v.boolean(),
    true,
    'Whether equal queries for the same namespaces that are under way at once share one answer of the upstream.',
  ),
  bufferBytes: described(
    integer(131_072, 1_073_741_824),
    1_048_576,
    'Bytes by which a reader of a shared answer may fall behind the fastest one. If it falls further behind, the others wait for it, in all for 2 s; then its connection is broken off.',
  ),
  cacheTtlMs: described(
    milliseconds(0, 60_000),
    0,
    'How long a whole answer without warnings is given to equal queries for the same namespaces. 0 switches the cache off.',
  ),
  cacheBytes: described(
    integer(1_024, 10_000_000_000),
    33_554_432,
    'Bytes of all remembered answers together; a single one may have a tenth of them.',
  ),
} as const;

/** A group of settings in which each may be left out. */
export type GroupInput<C> = { -readonly [K in keyof C]?: C[K] | undefined };

/** The schema of such a group, which may be left out as a whole. */
export type Group<C> = v.OptionalSchema<v.GenericSchema<GroupInput<C>, C>, GroupInput<C>>;

/** The groups as entries of a configuration schema. */
export const LIMIT_GROUPS: { readonly [G in keyof LimitGroups]: Group<LimitGroups[G]> } = {
  limits: section(limits),
  rates: section(rates),
  concurrency: section(concurrency),
  coalescing: section(coalescing),
};
