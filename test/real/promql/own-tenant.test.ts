import { expect, it } from '@jest/globals';
import type { Matcher } from '../../../frontend/promql/ast.ts';
import { parseQuery } from '../../../frontend/promql/parse.ts';
import { printExpr } from '../../../frontend/promql/print.ts';
import { scopeQuery } from '../../../frontend/promql/scope.ts';
import { generateQueries } from '../../promql/generate-queries.ts';
import { ALL_FEATURES } from '../../promql/query-grammar.ts';
import { scopeOf } from '../../promql/scopes.ts';
import { startOracle } from '../harness/promql-oracle.ts';
import { describeReal } from '../harness/skip.ts';
import { checkPipeline, type Pipeline, violationsOf } from './check-pipeline.ts';
import { rewritingPipeline, withMatchers } from './faults.ts';

const QUERIES = Number(process.env['PROMQL_ORACLE_QUERIES'] ?? 20_000);
const SEED = Number(process.env['PROMQL_ORACLE_SEED'] ?? 1);

// The name of a tenant that generated queries write as a value.
const SCOPE = scopeOf('x');
const OURS: Matcher = { label: 'namespace', operator: '=', value: 'x' };

/** Queries whose selectors have our matcher, or almost. */
const OWN = [
  'up{namespace="x"}',
  "up{'namespace'='x',job=\"a\"}",
  '{__name__="up",namespace="x"}',
  '{"up",`namespace`="\\x78"}',
  'up{namespace="x",namespace="x"}',
  'up{namespace="x",job="a",namespace="x",namespace!="y"}',
  'absent(up{namespace="x"})',
  'absent_over_time(up{namespace="x"}[5m]) + on () sum(up{namespace="x"} offset 5m)',
  'topk(scalar(up{namespace="x"}), up{job="x"})',
  'up{namespace="x",namespace=~".+"}',
  'up{namespace=~".+",namespace="x"}',
];
const ALMOST = [
  'up{namespace=~"x"}',
  'up{namespace!="x"}',
  'up{namespace!~"x"}',
  'up{namespace="X"}',
  'up{namespace="x "}',
  'up{namespaces="x"}',
  'up{job="x"}',
  'up{namespace=""}',
];

const product: Pipeline = (text) => {
  const query = parseQuery(text, {}, ALL_FEATURES);
  if (!query.ok) return { kind: 'refused', problem: query.rejection };
  const scoped = scopeQuery(query.value, SCOPE);
  if (!scoped.ok) return { kind: 'refused', problem: scoped.rejection };
  return { kind: 'forwarded', text: scoped.value };
};

const isOurs = ({ label, operator, value }: Matcher): boolean =>
  label === OURS.label && operator === OURS.operator && value === OURS.value;

/** Pipelines that get the matcher of a tenant wrong where the caller has written it. */
const FAULTS: Readonly<Record<string, (matchers: readonly Matcher[]) => readonly Matcher[]>> = {
  'adds it beside the same': (all) => [...all, OURS],
  'takes one before others for the same': (all) => {
    const at = all.findIndex(isOurs);
    return [...all.filter((_, index) => index !== at), OURS];
  },
  'takes every one of them for the same': (all) => [...all.filter((it) => !isOurs(it)), OURS],
  'takes a pattern for the same': (all) => [
    ...all.filter(
      ({ label, operator, value }) =>
        !(label === 'namespace' && operator.startsWith('=') && value === 'x'),
    ),
    OURS,
  ],
  'takes another value for the same': (all) => [
    ...all.filter(({ label, operator }) => !(label === 'namespace' && operator === '=')),
    OURS,
  ],
  'takes another label for the same': (all) => [
    ...all.filter(({ operator, value }) => !(operator === '=' && value === 'x')),
    OURS,
  ],
};

await describeReal('queries that name their own tenant', ['promql-oracle'], () => {
  const options = {
    experimentalFunctions: true,
    durationExpr: true,
    extendedRangeSelectors: true,
    binopFillModifiers: true,
  };

  it('get the matcher of the tenant once', async () => {
    const oracle = await startOracle(options);
    try {
      const queries = [...OWN, ...ALMOST, ...generateQueries(SEED, QUERIES, ALL_FEATURES)];
      const report = await checkPipeline(oracle, queries, product, OURS);
      expect(violationsOf(report)).toEqual([]);
      // Selectors of the same length have got no matcher more, and there were enough of them.
      const once = queries.filter((text) => {
        const parsed = parseQuery(text, {}, ALL_FEATURES);
        return parsed.ok && /\bnamespace="x"/.test(printExpr(parsed.value));
      });
      process.stderr.write(`promql oracle: ${once.length} queries name their own tenant\n`);
      expect(once.length).toBeGreaterThan(OWN.length + QUERIES / 2_000);
    } finally {
      await oracle.stop();
    }
  }, 600_000);

  it.each(Object.entries(FAULTS))('show a pipeline that %s', async (_fault, matchersOf) => {
    const oracle = await startOracle(options);
    try {
      const faulty = rewritingPipeline(OURS, (node) =>
        node.kind === 'vectorSelector' ? withMatchers(node, matchersOf(node.matchers)) : undefined,
      );
      const report = await checkPipeline(oracle, [...OWN, ...ALMOST], faulty, OURS);
      expect(report.changed).not.toEqual([]);
    } finally {
      await oracle.stop();
    }
  });
});
