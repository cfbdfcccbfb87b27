import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Matcher } from '../../../frontend/promql/ast.ts';
import { EXPERIMENTAL_FUNCTIONS, FUNCTIONS } from '../../../frontend/promql/functions.ts';
import { parseQuery, parseSeriesSelector } from '../../../frontend/promql/parse.ts';
import {
  printSelectorless,
  scopeQuery,
  scopeSeriesSelector,
} from '../../../frontend/promql/scope.ts';
import {
  AGGREGATORS,
  EXPERIMENTAL_AGGREGATORS,
  PRECEDENCE,
  WORD_KINDS,
} from '../../../frontend/promql/token.ts';
import { generateQueries, generateSeriesSelectors } from '../../promql/generate-queries.ts';
import { TOKEN_FAMILIES } from '../../promql/generate-tokens.ts';
import { scopeOf } from '../../promql/scopes.ts';
import { type Oracle, startOracle } from '../harness/promql-oracle.ts';
import type { Language } from '../harness/promql-verdicts.ts';
import { describeReal } from '../harness/skip.ts';
import { checkPipeline, type Pipeline, type Report, violationsOf } from './check-pipeline.ts';
import { faultlessPipeline, faultyPipelines } from './faults.ts';

const QUERIES = Number(process.env['PROMQL_ORACLE_QUERIES'] ?? 20_000);
const SEED = Number(process.env['PROMQL_ORACLE_SEED'] ?? 1);
/** Queries are made, judged and forgotten in portions, so that a million of them fit. */
const PORTION = 50_000;
const FAULT_QUERIES = 4_000;
const FAMILY_QUERIES = Math.min(10_000, QUERIES);

const SCOPE = scopeOf('team-a', 'team-b');
const ADDED: Matcher = { label: 'namespace', operator: '=~', value: 'team-a|team-b' };

/** What may be refused although Prometheus takes it. */
const REASONS = [
  'promql-duration-expr',
  'string_not_utf8',
  'label_name_empty',
  'offset_repeated',
  'offset_not_a_number',
  'hexadecimal_ambiguous',
  'regex_class_unknown',
  'regex_too_large',
];

const product: Pipeline = (text) => {
  const query = parseQuery(text);
  if (!query.ok) return { kind: 'refused', problem: query.rejection };
  const free = printSelectorless(query.value);
  if (free !== undefined) return { kind: 'forwarded', text: free };
  const scoped = scopeQuery(query.value, SCOPE);
  if (!scoped.ok) return { kind: 'refused', problem: scoped.rejection };
  return { kind: 'forwarded', text: scoped.value };
};

const selectorProduct: Pipeline = (text) => {
  const selector = parseSeriesSelector(text);
  if (!selector.ok) return { kind: 'refused', problem: selector.rejection };
  const scoped = scopeSeriesSelector(selector.value, SCOPE);
  if (!scoped.ok) return { kind: 'refused', problem: scoped.rejection };
  return { kind: 'forwarded', text: scoped.value };
};

await describeReal("PromQL, judged by Prometheus' own parser", ['promql-oracle'], () => {
  let oracle: Oracle;
  let language: Language;

  beforeAll(async () => {
    oracle = await startOracle();
    language = await oracle.functions();
  });

  afterAll(() => oracle.stop());

  it('knows the functions of Prometheus, and what they take and give', () => {
    const stable = language.functions.filter(({ experimental }) => !experimental);
    const theirs = stable.map(({ name, argTypes, variadic, returnType }) => {
      const atLeast = variadic === 0 ? argTypes.length : argTypes.length - 1;
      const atMost = variadic < 0 ? Infinity : atLeast + variadic;
      return [name, { argTypes, atLeast, atMost, returns: returnType }];
    });
    expect(Object.fromEntries(FUNCTIONS)).toEqual(Object.fromEntries(theirs));
    const experimental = language.functions.filter(({ experimental }) => experimental);
    expect([...EXPERIMENTAL_FUNCTIONS].toSorted()).toEqual(experimental.map(({ name }) => name));
  });

  it('knows its aggregations and keywords', () => {
    const ours = [...AGGREGATORS].map(([name, { hasParam }]) => ({
      name,
      hasParam,
      experimental: EXPERIMENTAL_AGGREGATORS.has(name),
    }));
    expect(ours).toEqual(language.aggregators);
    // Those it has beyond ours belong to the notation of histograms in its own tests.
    expect(language.keywords).toEqual(expect.arrayContaining([...WORD_KINDS.keys()]));
  });

  describe(`given ${QUERIES} generated queries of seed ${SEED}`, () => {
    let report: Report;

    beforeAll(async () => {
      report = await checkAll(oracle, SEED, QUERIES);
      print(
        `seed ${SEED}: ${report.queries} queries, ${report.valid} valid, ${report.forwarded} forwarded`,
      );
      print(`valid and refused: ${JSON.stringify(Object.fromEntries(report.refusedOnPurpose))}`);
    }, 600_000);

    it('scopes every selector, accepts nothing invalid and changes nothing else', () => {
      expect(violationsOf(report)).toEqual([]);
    });

    it('refuses valid queries for known reasons only', () => {
      expect(REASONS).toEqual(expect.arrayContaining([...report.refusedOnPurpose.keys()]));
    });

    it('has seen enough valid queries, and every part of the language in them', () => {
      expect(report.valid / report.queries).toBeGreaterThanOrEqual(0.4);
      const least = Math.min(100, Math.floor(QUERIES / 200));
      const rare = expectedParts(language).filter(
        (part) => (report.occurrences.get(part) ?? 0) < least,
      );
      expect(rare).toEqual([]);
    });
  });

  it('scopes series selectors as Prometheus reads them', async () => {
    const reader = await startOracle({ seriesSelectors: true });
    try {
      const selectors = [...generateSeriesSelectors(SEED, 5_000)];
      const found = await checkPipeline(reader, selectors, selectorProduct, ADDED);
      // The parser leaves these two checks to the server, or to nobody.
      const rest = found.refusedWrongly.filter(
        (text) => !/everything|repeated/.test(problemIn(text)),
      );
      expect(violationsOf({ ...found, refusedWrongly: rest })).toEqual([]);
      expect(found.forwarded).toBeGreaterThan(2_000);
    } finally {
      await reader.stop();
    }
  });

  it.each(Object.entries(TOKEN_FAMILIES))('agrees on %s', async (_family, generate) => {
    const queries = [...generate(SEED, FAMILY_QUERIES)];
    const report = await checkPipeline(oracle, queries, product, ADDED);
    expect(violationsOf(report)).toEqual([]);
    expect(REASONS).toEqual(expect.arrayContaining([...report.refusedOnPurpose.keys()]));
    expect(report.forwarded).toBeGreaterThan(FAMILY_QUERIES / 20);
    expect(report.valid).toBeLessThan((FAMILY_QUERIES * 19) / 20);
  });

  describe('given pipelines that are not the product', () => {
    const queries = [...generateQueries(SEED, FAULT_QUERIES)];

    it.each(faultyPipelines(ADDED))('notices one that %s', async (_fault, shown, pipeline) => {
      const report = await checkPipeline(oracle, queries, pipeline, ADDED);
      expect(report[shown]).not.toEqual([]);
    });

    it('finds nothing in one without a fault', async () => {
      const report = await checkPipeline(oracle, queries, faultlessPipeline(ADDED), ADDED);
      expect(violationsOf(report)).toEqual([]);
    });
  });
});

async function checkAll(oracle: Oracle, seed: number, count: number): Promise<Report> {
  const reports: Report[] = [];
  let portion: string[] = [];
  for (const query of generateQueries(seed, count)) {
    portion.push(query);
    if (portion.length < PORTION) continue;
    reports.push(await checkPipeline(oracle, portion, product, ADDED));
    portion = [];
  }
  reports.push(await checkPipeline(oracle, portion, product, ADDED));
  return reports.reduce(joined);
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

/** The parts of the stable language, by the names that the oracle gives them. */
function expectedParts({ functions, aggregators }: Language): string[] {
  const isStable = ({ experimental }: { experimental: boolean }): boolean => !experimental;
  const nodes =
    'VectorSelector MatrixSelector SubqueryExpr AggregateExpr BinaryExpr Call UnaryExpr ParenExpr ' +
    'NumberLiteral StringLiteral';
  const modifiers = 'by without on ignoring group_left group_right bool offset @ @start @end step';
  return [
    ...nodes.split(' ').map((name) => `node:${name}`),
    ...modifiers.split(' ').map((name) => `mod:${name}`),
    ...functions.filter(isStable).map(({ name }) => `func:${name}`),
    ...aggregators.filter(isStable).map(({ name }) => `agg:${name}`),
    ...[...PRECEDENCE.keys()].map((operator) => `op:${operator}`),
    ...['=', '!=', '=~', '!~'].map((operator) => `matcher:${operator}`),
    'unary:+',
    'unary:-',
    'name:outside',
    'literal:duration',
  ];
}

function problemIn(text: string): string {
  const selector = parseSeriesSelector(text);
  return selector.ok || !('problem' in selector.rejection) ? '' : selector.rejection.problem;
}

function print(line: string): void {
  process.stderr.write(`promql oracle: ${line}\n`);
}
