import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { partBinary } from './build-part.ts';
import { runProgram, spawned, stopChild } from './processes.ts';
import type { Comparison, Judgement, Language, Rewriting, Verdict } from './promql-verdicts.ts';

/** What the parser accepts beyond the language that a server has without feature flags. */
export interface OracleOptions {
  /** As with `--enable-feature=promql-experimental-functions`. @defaultValue false */
  readonly experimentalFunctions?: boolean;
  /**
   * Durations that are expressions, such as `[5m * 2]`. @defaultValue true, as in every server since
   * 3.15; an older one has them with `--enable-feature=promql-duration-expr`
   */
  readonly durationExpr?: boolean;
  /** As with `--enable-feature=promql-extended-range-selectors`. @defaultValue false */
  readonly extendedRangeSelectors?: boolean;
  /** As with `--enable-feature=promql-binop-fill-modifiers`. @defaultValue false */
  readonly binopFillModifiers?: boolean;
  /** Whether queries are read as `match[]` parameters, not as expressions. @defaultValue false */
  readonly seriesSelectors?: boolean;
}

/** Prometheus' own parser, in a process that answers many questions in a row. */
export interface Oracle {
  /** Describes what the parser makes of each query. */
  readonly judge: (queries: readonly string[]) => Promise<readonly Judgement[]>;
  /** Says only whether the parser takes each query, and its type: faster than `judge`. */
  readonly accept: (queries: readonly string[]) => Promise<readonly Verdict[]>;
  /** Compares rewritten queries with what they were made from. */
  readonly compare: (rewritings: readonly Rewriting[]) => Promise<readonly Comparison[]>;
  /** Lists the functions, aggregations, operators and keywords that the parser knows. */
  readonly functions: () => Promise<Language>;
  readonly stop: () => Promise<void>;
}

// Enough to keep the process busy, and few enough for the text of all to be held twice.
const WINDOW = 4096;

/**
 * Starts an oracle. Queries reach it as JSON: a lone surrogate in one is read as U+FFFD.
 */
export async function startOracle(options: OracleOptions = {}): Promise<Oracle> {
  const program = await partBinary('promql-oracle');
  const child = spawn(program, flagsOf(options), { stdio: 'pipe' });
  await spawned(child);
  child.unref();
  const ask = converse(child);
  return {
    judge: (queries) => ask<Judgement>(queries),
    accept: (queries) => ask<Verdict>(queries.map((query) => ({ accepts: query }))),
    compare: (rewritings) => ask<Comparison>(rewritings),
    functions: async () => {
      const { stdout } = await runProgram(program, ['-functions']);
      const language: Language = JSON.parse(stdout);
      return language;
    },
    stop: () => stopChild(child, 1_000),
  };
}

function flagsOf(options: OracleOptions): string[] {
  return [
    `-experimental-functions=${options.experimentalFunctions ?? false}`,
    `-duration-expr=${options.durationExpr ?? true}`,
    `-extended-range-selectors=${options.extendedRangeSelectors ?? false}`,
    `-binop-fill-modifiers=${options.binopFillModifiers ?? false}`,
    `-series-selectors=${options.seriesSelectors ?? false}`,
  ];
}

type Ask = <Answer>(requests: readonly unknown[]) => Promise<readonly Answer[]>;

/** Gives a function that asks and gets as many answers; its callers take turns. */
function converse(child: ChildProcessWithoutNullStreams): Ask {
  const answers = createInterface({ input: child.stdout, crlfDelay: Infinity })[
    Symbol.asyncIterator
  ]();
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000);
  });
  // A broken pipe shows as missing answers.
  child.stdin.on('error', () => undefined);

  const takeTurn = async <Answer>(requests: readonly unknown[]): Promise<readonly Answer[]> => {
    const found: Answer[] = [];
    let sent = 0;
    while (found.length < requests.length) {
      // A second window is on its way while the answers to the first are read.
      while (sent < requests.length && sent - found.length < 2 * WINDOW) {
        const window = requests.slice(sent, sent + WINDOW);
        sent += window.length;
        const text = window.map((request) => `${JSON.stringify(request)}\n`).join('');
        // What is on its way is bounded by the windows, so the pipe need not be waited for.
        child.stdin.write(text);
      }
      const { value, done } = await answers.next();
      if (done === true) {
        throw new Error(`the oracle ended: ${complaint}`);
      }
      const answer: Answer = JSON.parse(value);
      found.push(answer);
    }
    return found;
  };

  // As with a server: only a question that is not answered yet keeps this process alive.
  const pipes = [child.stdin, child.stdout, child.stderr].filter((pipe) => pipe instanceof Socket);
  const unref = (): void => pipes.forEach((pipe) => pipe.unref());
  unref();
  let turn: Promise<unknown> = Promise.resolve();
  return <Answer>(requests: readonly unknown[]) => {
    const mine = turn.then(() => {
      pipes.forEach((pipe) => pipe.ref());
      return takeTurn<Answer>(requests).finally(unref);
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
}
