import { beforeAll, describe, expect, it } from '@jest/globals';
import { ALL_FUNCTIONS, EXPERIMENTAL_FUNCTIONS } from '../../../frontend/promql/functions.ts';
import { parseSeriesSelector } from '../../../frontend/promql/parse.ts';
import { scopeSeriesSelectors } from '../../../frontend/promql/scope.ts';
import {
  AGGREGATORS,
  EXPERIMENTAL_AGGREGATORS,
  PRECEDENCE,
  WORD_KINDS,
} from '../../../frontend/promql/token.ts';
import { generateQueries, generateSeriesSelectors } from '../../promql/generate-queries.ts';
import { TOKEN_FAMILIES } from '../../promql/generate-tokens.ts';
import { ALL_FEATURES } from '../../promql/query-grammar.ts';
import type { Language } from '../harness/promql-verdicts.ts';
import { describeReal } from '../harness/skip.ts';
import { checkPipeline, type Pipeline, type Report, violationsOf } from './check-pipeline.ts';
import {
  ADDED,
  checkAll,
  EVERYTHING,
  FEATURES,
  judgeWith,
  productWith,
  SCOPE,
  type Setting,
  SETTINGS,
} from './check-settings.ts';
import { faultlessPipeline, faultyPipelines } from './faults.ts';

const QUERIES = Number(process.env['PROMQL_ORACLE_QUERIES'] ?? 20_000);
const SEED = Number(process.env['PROMQL_ORACLE_SEED'] ?? 1);
const FAULT_QUERIES = 4_000;
const FAMILY_QUERIES = Math.min(10_000, QUERIES);
/** How often each part of the language has to occur. */
const LEAST = Math.min(100, Math.floor(QUERIES / 200));
/** Families of queries most of which need a feature. */
const FEATURE_FAMILIES = new Set(['computed durations', 'words behind selectors and operators']);

const selectorProduct: Pipeline = (text) => {
  const selector = parseSeriesSelector(text);
  if (!selector.ok) return { kind: 'refused', problem: selector.rejection };
  const scoped = scopeSeriesSelectors([selector.value], SCOPE);
  if (!scoped.ok) return { kind: 'refused', problem: scoped.rejection };
  return { kind: 'forwarded', text: scoped.value.join('') };
};

await describeReal("PromQL, judged by Prometheus' own parser", ['promql-oracle'], () => {
  let language: Language;

  beforeAll(async () => {
    await using oracle = await judgeWith({});
    language = await oracle.functions();
  });

  it('knows the functions of Prometheus, and what they take and give', () => {
    const theirs = language.functions.map(({ name, argTypes, variadic, returnType }) => {
      const atLeast = variadic === 0 ? argTypes.length : argTypes.length - 1;
      const atMost = variadic < 0 ? Infinity : atLeast + variadic;
      return [name, { argTypes, atLeast, atMost, returns: returnType }];
    });
    expect(Object.fromEntries(ALL_FUNCTIONS)).toEqual(Object.fromEntries(theirs));
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

  describe.each(Object.entries(SETTINGS))(
    `given ${QUERIES} queries of seed ${SEED} %s`,
    (title, setting) => {
      let report: Report;

      beforeAll(async () => {
        report = await checkAll(setting, SEED, QUERIES);
        const { queries, valid, forwarded, refusedOnPurpose } = report;
        print(`${title}: ${queries} queries, ${valid} valid, ${forwarded} forwarded`);
        print(`valid and refused: ${JSON.stringify(Object.fromEntries(refusedOnPurpose))}`);
      }, 1_800_000);

      it('scopes every selector, accepts nothing invalid and changes nothing else', () => {
        expect(violationsOf(report)).toEqual([]);
      });

      it('refuses valid queries for known reasons only', () => {
        expect(setting.reasons).toEqual(
          expect.arrayContaining([...report.refusedOnPurpose.keys()]),
        );
      });

      it('has seen enough valid queries, and every part of the language in them', () => {
        expect(report.valid / report.queries).toBeGreaterThanOrEqual(0.4);
        const parts = partsOf(setting, language);
        expect(parts.filter((part) => timesOf(report.occurrences, part) < LEAST)).toEqual([]);
      });

      it('refuses what needs a feature that is off', () => {
        const isMissing = setting.taken !== setting.written;
        const refused = isMissing ? FEATURES : [];
        const rare = refused.filter((it) => timesOf(report.refusedOnPurpose, it) < LEAST);
        expect(rare).toEqual([]);
        const forwarded = featureParts(language).filter((it) => report.occurrences.has(it));
        expect(forwarded).toEqual(setting.taken === ALL_FEATURES ? featureParts(language) : []);
      });
    },
  );

  it('scopes series selectors as Prometheus reads them', async () => {
    await using reader = await judgeWith({ seriesSelectors: true });
    const selectors = [...generateSeriesSelectors(SEED, 5_000)];
    const found = await checkPipeline(reader, selectors, selectorProduct, ADDED);
    // The parser leaves these two checks to the server, or to nobody.
    const rest = found.refusedWrongly.filter(
      (text) => !/everything|repeated/.test(problemIn(text)),
    );
    expect(violationsOf({ ...found, refusedWrongly: rest })).toEqual([]);
    expect(found.forwarded).toBeGreaterThan(2_000);
  });

  describe.each(['without features', 'with all features'])('%s', (title) => {
    const { oracle: options, taken, reasons } = settingOf(title);

    it.each(Object.entries(TOKEN_FAMILIES))('agrees on %s', async (family, generate) => {
      await using oracle = await judgeWith(options);
      const queries = [...generate(SEED, FAMILY_QUERIES)];
      const report = await checkPipeline(oracle, queries, productWith(taken), ADDED);
      expect(violationsOf(report)).toEqual([]);
      expect(reasons).toEqual(expect.arrayContaining([...report.refusedOnPurpose.keys()]));
      const needsFeature = taken !== ALL_FEATURES && FEATURE_FAMILIES.has(family);
      expect(report.forwarded).toBeGreaterThan(needsFeature ? 0 : FAMILY_QUERIES / 20);
      expect(report.valid).toBeLessThan((FAMILY_QUERIES * 19) / 20);
    });
  });

  describe('given pipelines that are not the product', () => {
    const queries = [...generateQueries(SEED, FAULT_QUERIES, ALL_FEATURES)];

    it.each(faultyPipelines(ADDED))('notices one that %s', async (_fault, shown, pipeline) => {
      await using oracle = await judgeWith(EVERYTHING);
      const report = await checkPipeline(oracle, queries, pipeline, ADDED);
      expect(report[shown]).not.toEqual([]);
    });

    it('finds nothing in one without a fault', async () => {
      await using oracle = await judgeWith(EVERYTHING);
      const report = await checkPipeline(oracle, queries, faultlessPipeline(ADDED), ADDED);
      expect(violationsOf(report)).toEqual([]);
    });
  });
});

function settingOf(title: string): Setting {
  const setting = SETTINGS[title];
  if (setting === undefined) throw new TypeError(`${title} is no setting`);
  return setting;
}

function timesOf(counts: ReadonlyMap<string, number>, name: string): number {
  return counts.get(name) ?? 0;
}

/** The parts of the language that must have been forwarded. */
function partsOf({ written, taken }: Setting, language: Language): string[] {
  if (taken !== written) return [];
  return taken === ALL_FEATURES ? featureParts(language) : stableParts(language);
}

/** The parts of the stable language, by the names that the oracle gives them. */
function stableParts({ functions, aggregators }: Language): string[] {
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

/** The parts that need a feature. */
function featureParts({ functions, aggregators }: Language): string[] {
  const isExperimental = ({ experimental }: { experimental: boolean }): boolean => experimental;
  const durations = 'step range min_of max_of + - * / % ^';
  return [
    ...functions.filter(isExperimental).map(({ name }) => `func:${name}`),
    ...aggregators.filter(isExperimental).map(({ name }) => `agg:${name}`),
    ...durations.split(' ').map((operator) => `durop:${operator}`),
    ...['range', 'step', 'offset'].map((place) => `dur:${place}`),
    ...['anchored', 'smoothed', 'fill_left', 'fill_right'].map((name) => `mod:${name}`),
    'node:DurationExpr',
  ];
}

function problemIn(text: string): string {
  const selector = parseSeriesSelector(text);
  return selector.ok || !('problem' in selector.rejection) ? '' : selector.rejection.problem;
}

function print(line: string): void {
  process.stderr.write(`promql oracle: ${line}\n`);
}
