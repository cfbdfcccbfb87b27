import type { HttpAnswer } from '../../harness/http-request.ts';
import { readPath } from '../../harness/read-path.ts';

/** What an answer says, as far as tests compare it. */
export interface Outcome {
  readonly status: number;
  /** The frontend's error code, or `undefined` in a success. */
  readonly code: unknown;
}

/** Reads the body of an answer. @throws {SyntaxError} If it is no JSON. */
export function bodyOf(answer: HttpAnswer): unknown {
  return JSON.parse(answer.text);
}

/** Reads status and error code of an answer. */
export function outcomeOf(answer: HttpAnswer): Outcome {
  return { status: answer.status, code: readPath(bodyOf(answer), 'code') };
}

/** Reads `data` of a success, with lists of results and labels in an order of their own. */
export function dataOf(answer: HttpAnswer): unknown {
  const data = readPath(bodyOf(answer), 'data');
  if (Array.isArray(data)) return sorted(data);
  const result = readPath(data, 'result');
  return Array.isArray(result)
    ? { resultType: readPath(data, 'resultType'), result: sorted(result) }
    : data;
}

function sorted(list: readonly unknown[]): readonly unknown[] {
  // A scalar is a list as well: a time and a value, whose order means something.
  if (list.some((it) => typeof it === 'number')) return list;
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
