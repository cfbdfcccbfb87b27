import type { Matcher } from '../../../frontend/promql/ast.ts';
import { DEFAULT_PROMQL_FEATURES, type PromqlFeatures } from '../../../frontend/promql/options.ts';
import { parseQuery } from '../../../frontend/promql/parse.ts';
import { printSelectorless, scopeQuery } from '../../../frontend/promql/scope.ts';
import type { TenantScope } from '../../../tenant/tenant-scope.ts';
import { generateQueries } from '../../promql/generate-queries.ts';
import { ALL_FEATURES } from '../../promql/query-grammar.ts';
import { scopeOf } from '../../promql/scopes.ts';
import { type Oracle, type OracleOptions, startOracle } from '../harness/promql-oracle.ts';
import { checkPipeline, type Pipeline, type Report } from './check-pipeline.ts';

/** Queries are made, judged and forgotten in portions, so that a million of them fit. */
const PORTION = 50_000;
/** The scope that queries are narrowed to. */
export const SCOPE: TenantScope = scopeOf('team-a', 'team-b');
/** The matcher that every selector then has. */
export const ADDED: Matcher = { label: 'namespace', operator: '=~', value: 'team-a|team-b' };

/** What may be refused although Prometheus takes it. */
const REASONS: readonly string[] = [
  'string_not_utf8',
  'label_name_empty',
  'offset_repeated',
  'offset_not_a_number',
  'hexadecimal_ambiguous',
  'regex_class_unknown',
  'regex_too_large',
];

/** The names of the features. */
export const FEATURES: readonly string[] = Object.keys(DEFAULT_PROMQL_FEATURES);

/** Prometheus with every flag that its parser has. */
export const EVERYTHING: OracleOptions = {
  experimentalFunctions: true,
  durationExpr: true,
  extendedRangeSelectors: true,
  binopFillModifiers: true,
};

/** One way to write, judge and scope queries. */
export interface Setting {
  readonly oracle: OracleOptions;
  /** The features of the queries that are written. */
  readonly written: PromqlFeatures;
  /** The features of the product. */
  readonly taken: PromqlFeatures;
  /** Why a valid query may be refused. */
  readonly reasons: readonly string[];
}

/** The ways by what they are called. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  'without features': {
    oracle: {},
    written: DEFAULT_PROMQL_FEATURES,
    taken: DEFAULT_PROMQL_FEATURES,
    // A server takes computed durations without a flag.
    reasons: [...REASONS, 'promql-duration-expr'],
  },
  'with all features': {
    oracle: EVERYTHING,
    written: ALL_FEATURES,
    taken: ALL_FEATURES,
    reasons: [...REASONS, 'info_without_selector', 'info_selector_modified'],
  },
  'with all features, which the product does not take': {
    oracle: EVERYTHING,
    written: ALL_FEATURES,
    taken: DEFAULT_PROMQL_FEATURES,
    reasons: [...REASONS, ...FEATURES],
  },
};

/** The product with features, as a pipeline. */
export function productWith(features: PromqlFeatures): Pipeline {
  return (text) => {
    const query = parseQuery(text, {}, features);
    if (!query.ok) return { kind: 'refused', problem: query.rejection };
    const free = printSelectorless(query.value);
    if (free !== undefined) return { kind: 'forwarded', text: free };
    const scoped = scopeQuery(query.value, SCOPE);
    if (!scoped.ok) return { kind: 'refused', problem: scoped.rejection };
    return { kind: 'forwarded', text: scoped.value };
  };
}

/** Starts an oracle that ends with the block it is used in. */
export async function judgeWith(options: OracleOptions): Promise<Oracle & AsyncDisposable> {
  const oracle = await startOracle(options);
  return { ...oracle, [Symbol.asyncDispose]: () => oracle.stop() };
}

/** Writes queries from a seed, and has all that the product makes of them judged. */
export async function checkAll(setting: Setting, seed: number, count: number): Promise<Report> {
  await using oracle = await judgeWith(setting.oracle);
  const product = productWith(setting.taken);
  let report: Report | undefined;
  let portion: string[] = [];
  const finish = async (): Promise<Report> => {
    const next = await checkPipeline(oracle, portion, product, ADDED);
    portion = [];
    return report === undefined ? next : joined(report, next);
  };
  for (const query of generateQueries(seed, count, setting.written)) {
    portion.push(query);
    if (portion.length === PORTION) report = await finish();
  }
  return await finish();
}

function joined(a: Report, b: Report): Report {
  return {
    queries: a.queries + b.queries,
    valid: a.valid + b.valid,
    forwarded: a.forwarded + b.forwarded,
    crashed: [...a.crashed, ...b.crashed],
    unscoped: [...a.unscoped, ...b.unscoped],
    invalidForwarded: [...a.invalidForwarded, ...b.invalidForwarded],
    outputInvalid: [...a.outputInvalid, ...b.outputInvalid],
    changed: [...a.changed, ...b.changed],
    refusedWrongly: [...a.refusedWrongly, ...b.refusedWrongly],
    refusedOnPurpose: sum(a.refusedOnPurpose, b.refusedOnPurpose),
    occurrences: sum(a.occurrences, b.occurrences),
  };
}

function sum(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const total = new Map(a);
  for (const [name, times] of b) total.set(name, (total.get(name) ?? 0) + times);
  return total;
}
