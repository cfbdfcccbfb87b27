import * as v from 'valibot';
import { accept, refuse, type Result } from '../result.ts';

/** One thing that is wrong with a configuration document. */
export interface ConfigProblem {
  /** Where: member names joined by dots, such as `listener.port`; empty for the whole document. */
  readonly path: string;
  /** What is wrong, as one clause. */
  readonly message: string;
}

/** Checks a document against a schema and reports every problem. Unknown members are problems. */
export function parseDocument<T>(
  schema: v.GenericSchema<unknown, T>,
  document: unknown,
): Result<T, readonly ConfigProblem[]> {
  const parsed = v.safeParse(schema, document);
  if (parsed.success) return accept(parsed.output);
  return refuse(
    parsed.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message })),
  );
}

/** Says one problem in a line, for the log and the terminal. */
export function describeConfigProblem(problem: ConfigProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}
