import * as v from 'valibot';
import { accept, refuse, type Result } from '../result.ts';

/** One thing that is wrong with a configuration document. */
export interface ConfigProblem {
  /** Where: member names joined by dots, such as `listener.port`; empty for the whole document. */
  readonly path: string;
  /** What is wrong, as one clause. It never quotes a value, which may be a secret. */
  readonly message: string;
}

/**
 * Checks a document against a schema and reports every problem; of several unknown members of one
 * object, the first.
 */
export function parseDocument<T>(
  schema: v.GenericSchema<unknown, T>,
  document: unknown,
): Result<T, readonly ConfigProblem[]> {
  const parsed = v.safeParse(schema, document);
  if (parsed.success) return accept(parsed.output);
  return refuse(parsed.issues.flatMap((issue) => readIssue(issue, '')));
}

/** Says one problem in a line, for the log and the terminal. */
export function describeConfigProblem(problem: ConfigProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

function readIssue(issue: v.BaseIssue<unknown>, parent: string): readonly ConfigProblem[] {
  const path = [parent, v.getDotPath(issue) ?? ''].filter((part) => part !== '').join('.');
  // Of several alternatives, the one that the value got into tells more than the list of them.
  const inner = (issue.issues ?? []).filter((it) => it.path !== undefined);
  if (inner.length > 0) return inner.flatMap((it) => readIssue(it, path));
  return [{ path, message: describeIssue(issue) }];
}

// The library's own messages quote the input and speak of types; ours speak of settings.
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const requirement = String(issue.requirement);
  switch (issue.type) {
    case 'strict_object':
      return describeMember(issue.expected);
    case 'string':
      return 'must be a text';
    case 'number':
      return 'must be a number';
    case 'integer':
      return 'must be a whole number';
    case 'boolean':
      return 'must be true or false';
    case 'array':
      return 'must be a list';
    case 'min_value':
      return `must be at least ${requirement}`;
    case 'max_value':
      return `must be at most ${requirement}`;
    case 'non_empty':
      return 'must not be empty';
    case 'max_length':
      return `must not be longer than ${requirement}`;
    case 'check':
    case 'raw_transform':
      return issue.message;
    default:
      return `must be ${describeExpected(issue.expected)}`;
  }
}

function describeMember(expected: string | null): string {
  if (expected === 'never') return 'unknown setting';
  return expected === 'Object' ? 'must be a group of settings' : 'missing';
}

// Such as `("seed" | "openshift") | Object`.
function describeExpected(expected: string | null): string {
  return (expected ?? 'something else')
    .replaceAll(/[()]/g, '')
    .replaceAll(' | ', ' or ')
    .replaceAll('Object', 'a group of settings');
}
