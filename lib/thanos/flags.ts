import { BUCKET_WEB_FLAGS } from './flag-tables/bucket-web.ts';
import { COMPACT_FLAGS } from './flag-tables/compact.ts';
import type { FlagTable } from './flag-tables/flag-table.ts';
import { QUERY_FRONTEND_FLAGS } from './flag-tables/query-frontend.ts';
import { QUERY_FLAGS } from './flag-tables/query.ts';
import { RECEIVE_FLAGS } from './flag-tables/receive.ts';
import { RULE_FLAGS } from './flag-tables/rule.ts';
import { STORE_FLAGS } from './flag-tables/store.ts';
import { isAtLeast, type ThanosVersion } from './version.ts';

export type { FlagTable } from './flag-tables/flag-table.ts';

/** The Thanos components whose flags the kit knows. */
export type ThanosComponent =
  'bucket-web' | 'compact' | 'query' | 'query-frontend' | 'receive' | 'rule' | 'store';

/**
 * The flags of each component in the newest version. A test on the real program compares them with
 * the help text, another one those of the older versions with their documents.
 */
export const THANOS_FLAGS: Readonly<Record<ThanosComponent, FlagTable>> = {
  'bucket-web': BUCKET_WEB_FLAGS,
  compact: COMPACT_FLAGS,
  query: QUERY_FLAGS,
  'query-frontend': QUERY_FRONTEND_FLAGS,
  receive: RECEIVE_FLAGS,
  rule: RULE_FLAGS,
  store: STORE_FLAGS,
};

/** The words that begin the arguments of a component. */
export const THANOS_COMMANDS: Readonly<Record<ThanosComponent, readonly string[]>> = {
  'bucket-web': ['tools', 'bucket', 'web'],
  compact: ['compact'],
  query: ['query'],
  'query-frontend': ['query-frontend'],
  receive: ['receive'],
  rule: ['rule'],
  store: ['store'],
};

/** Whether a component has a flag in a version. */
export function hasFlag(component: ThanosComponent, flag: string, version: ThanosVersion): boolean {
  const { hidden = [], since, switches, values } = THANOS_FLAGS[component];
  const first = since[flag];
  const isKnown = [values, switches, hidden].some((flags) => flags.includes(flag));
  return isKnown && (first === undefined || isAtLeast(version, first));
}
