import type { Matcher } from '../../../frontend/promql/ast.ts';
import type { PromqlProblem } from '../../../frontend/promql/problem.ts';
import type { Oracle } from '../harness/promql-oracle.ts';
import type { Comparison } from '../harness/promql-verdicts.ts';

/** What becomes of a query. */
export type Outcome =
  | { readonly kind: 'forwarded'; readonly text: string }
  | { readonly kind: 'refused'; readonly problem: PromqlProblem };

/** All that happens to a query between its arrival and its forwarding. */
export type Pipeline = (text: string) => Outcome;

/** What Prometheus' own parser found out about a pipeline. Lists hold queries. */
export interface Report {
  readonly queries: number;
  /** How many queries Prometheus takes. */
  readonly valid: number;
  readonly forwarded: number;
  readonly crashed: readonly string[];
  /** Forwarded with a selector that lacks the matcher. */
  readonly unscoped: readonly string[];
  /** Forwarded although Prometheus does not take them. */
  readonly invalidForwarded: readonly string[];
  /** Forwarded as something that Prometheus does not take. */
  readonly outputInvalid: readonly string[];
  /** Forwarded as a query that differs by more than the matcher. */
  readonly changed: readonly string[];
  /** Refused as malformed although Prometheus takes them. */
  readonly refusedWrongly: readonly string[];
  /** How many valid queries were refused on purpose, by reason. */
  readonly refusedOnPurpose: ReadonlyMap<string, number>;
  /** In how many forwarded queries each thing occurs. */
  readonly occurrences: ReadonlyMap<string, number>;
}

interface Forwarded {
  readonly input: string;
  readonly output: string;
}

/** Runs queries through a pipeline and has the oracle judge what comes out. */
export async function checkPipeline(
  oracle: Oracle,
  queries: readonly string[],
  pipeline: Pipeline,
  added: Matcher,
): Promise<Report> {
  const forwarded: Forwarded[] = [];
  const refused: { readonly input: string; readonly problem: PromqlProblem }[] = [];
  const crashed: string[] = [];
  for (const input of queries) {
    const outcome = attempt(pipeline, input);
    if (outcome === undefined) crashed.push(input);
    else if (outcome.kind === 'forwarded') forwarded.push({ input, output: outcome.text });
    else refused.push({ input, problem: outcome.problem });
  }
  const { label, operator: op, value } = added;
  const compared = await oracle.compare(forwarded.map((pair) => ({ ...pair, label, op, value })));
  const verdicts = await oracle.accept(refused.map(({ input }) => input));
  const refusedValid = refused.filter((_, index) => verdicts[index]?.ok === true);
  const those = (is: (comparison: Comparison) => boolean): string[] =>
    forwarded
      .filter((_, index) => {
        const comparison = compared[index];
        return comparison === undefined || is(comparison);
      })
      .map(({ input }) => input);
  return {
    queries: queries.length,
    valid: refusedValid.length + compared.filter(({ inputOk }) => inputOk).length,
    forwarded: forwarded.length,
    crashed,
    unscoped: those(({ unscoped }) => unscoped > 0),
    invalidForwarded: those(({ inputOk }) => !inputOk),
    outputInvalid: those(({ inputOk, outputOk }) => inputOk && !outputOk),
    changed: those(({ inputOk, outputOk, sameTree }) => inputOk && outputOk && !sameTree),
    refusedWrongly: refusedValid
      .filter(({ problem }) => reasonOf(problem) === undefined)
      .map(({ input }) => input),
    refusedOnPurpose: count(refusedValid.map(({ problem }) => reasonOf(problem) ?? 'none')),
    occurrences: count(compared.flatMap(({ kinds }) => Object.keys(kinds ?? {}))),
  };
}

/** Lists what must not happen, each with a few queries that show it. */
export function violationsOf(report: Report): string[] {
  const { crashed, unscoped, invalidForwarded, outputInvalid, changed, refusedWrongly } = report;
  return Object.entries({
    crashed,
    unscoped,
    invalidForwarded,
    outputInvalid,
    changed,
    refusedWrongly,
  })
    .filter(([, queries]) => queries.length > 0)
    .map(([name, queries]) => {
      const examples = queries.slice(0, 5).map((query) => JSON.stringify(query));
      return `${name} (${queries.length}): ${examples.join('  ')}`;
    });
}

function attempt(pipeline: Pipeline, text: string): Outcome | undefined {
  try {
    return pipeline(text);
  } catch {
    return undefined;
  }
}

/** The reason of a refusal on purpose; `undefined` if the query was taken for malformed. */
function reasonOf(problem: PromqlProblem): string | undefined {
  if (problem.code === 'query_malformed') return undefined;
  if (problem.code !== 'query_unsupported') return problem.code;
  return problem.reason === 'feature_disabled' ? problem.feature : problem.reason;
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
