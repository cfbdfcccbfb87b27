import type { Answer } from './answer.ts';

/** One question, and what the three servers said to it. */
export interface Verdict {
  readonly family: string;
  /** How it was asked. */
  readonly path: string;
  /** The expression or the selectors. */
  readonly text: string;
  readonly scoped: Answer;
  readonly alone: Answer;
  /** What the shared server says to the question as it stands. */
  readonly unscoped: Answer;
}

/** Where the frontend did not answer like a server with nobody else's series, for a test's report. */
export function deviations(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.flatMap(({ path, text, scoped, alone }) => {
    const [ours, right] = [linesOf(scoped), linesOf(alone)];
    const at = right.findIndex((line, index) => line !== ours[index]);
    if (at === -1 && ours.length === right.length) return [];
    const place = at === -1 ? right.length : at;
    return [`${path} ${text}\n  is    ${ours[place]}\n  not   ${right[place]}`];
  });
}

/** The questions to which a query that nobody scoped gets the right answer, too. */
export function sameUnscoped(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ alone, unscoped }) => alone.said === unscoped.said);
}

/**
 * The instant queries that a server alone refused, for a test's report. A range query of a string or a
 * range is refused by right.
 */
export function refusedInstantQueries(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts
    .filter(({ path, alone }) => path === '/api/v1/query' && alone.isRefused)
    .map(({ text, alone }) => `${text}: ${alone.said}`);
}

function linesOf({ said, notices }: Answer): readonly string[] {
  return [...said.split('\n'), ...notices];
}
