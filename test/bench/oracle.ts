// Has Prometheus' own parser judge what scoping makes of very many queries: `npm run oracle`, a million
// for each set of features unless `--queries N` says otherwise, from the seed `--seed S`. It prints
// what it counted, and ends with 1 where a query was not scoped, or anything else went wrong.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { generateQueries } from '../promql/generate-queries.ts';
import { ALL_FEATURES } from '../promql/query-grammar.ts';
import { checkPipeline, type Report, violationsOf } from '../real/promql/check-pipeline.ts';
import {
  ADDED,
  checkAll,
  EVERYTHING,
  judgeWith,
  type Setting,
  SETTINGS,
} from '../real/promql/check-settings.ts';
import { faultyPipelines } from '../real/promql/faults.ts';

const USAGE = 'usage: npm run oracle -- [--queries N] [--seed S]';
const CONTROL_QUERIES = 4_000;

/** A whole number from a command line, or the default where it is not there. */
function wholeNumber(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new TypeError(`${JSON.stringify(text)} is no number from 1 to 999,999,999`);
}

interface Arguments {
  readonly queries: number;
  readonly seed: number;
}

/** Reads the command line; `undefined` after a mistake in it, which it tells. */
function readArguments(): Arguments | undefined {
  const options = { queries: { type: 'string' }, seed: { type: 'string' } } as const;
  try {
    const { values } = parseArgs({ options });
    return { queries: wholeNumber(values.queries, 1_000_000), seed: wholeNumber(values.seed, 1) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    return undefined;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Plants mistakes, each of which has to be found: an oracle that finds none proves nothing. */
async function missedFaults(seed: number): Promise<readonly string[]> {
  const queries = [...generateQueries(seed, CONTROL_QUERIES, ALL_FEATURES)];
  const missed: string[] = [];
  await using oracle = await judgeWith(EVERYTHING);
  for (const [fault, shown, pipeline] of faultyPipelines(ADDED)) {
    const report = await checkPipeline(oracle, queries, pipeline, ADDED);
    print(`  ${String(report[shown].length).padStart(8)}  one that ${fault}`);
    if (report[shown].length === 0) missed.push(`a fault was not noticed: ${fault}`);
  }
  return missed;
}

function printTallies(report: Report): void {
  const { queries, valid, forwarded, refusedOnPurpose } = report;
  const { crashed, unscoped, invalidForwarded, outputInvalid, changed, refusedWrongly } = report;
  const rows = {
    queries,
    'taken by Prometheus': valid,
    'forwarded in scope': forwarded - unscoped.length,
    'forwarded out of scope': unscoped.length,
    'forwarded though invalid': invalidForwarded.length,
    'forwarded as something invalid': outputInvalid.length,
    'changed by more than the matcher': changed.length,
    'refused as malformed though valid': refusedWrongly.length,
    crashed: crashed.length,
  };
  const purposes = [...refusedOnPurpose].map(([reason, times]): [string, number] => [
    `refused on purpose: ${reason}`,
    times,
  ]);
  for (const [name, times] of [...Object.entries(rows), ...purposes]) {
    print(`  ${String(times).padStart(8)}  ${name}`);
  }
}

function unknownReasons({ reasons }: Setting, { refusedOnPurpose }: Report): readonly string[] {
  return [...refusedOnPurpose.keys()]
    .filter((reason) => !reasons.includes(reason))
    .map((reason) => `valid queries are refused for ${reason}`);
}

async function main({ queries, seed }: Arguments): Promise<void> {
  const violations: string[] = [];
  print(`planted mistakes, and how many of ${CONTROL_QUERIES} queries show each`);
  violations.push(...(await missedFaults(seed)));
  for (const [title, setting] of Object.entries(SETTINGS)) {
    print(`${title}, seed ${seed}`);
    const report = await checkAll(setting, seed, queries);
    printTallies(report);
    violations.push(...violationsOf(report), ...unknownReasons(setting, report));
  }
  for (const violation of violations) process.stderr.write(`violation: ${violation}\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

const given = readArguments();
if (given === undefined) process.exitCode = 2;
else await main(given);
