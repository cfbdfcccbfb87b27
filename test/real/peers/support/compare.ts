import { expect } from '@jest/globals';
import type { HttpAnswer } from '../../harness/http-request.ts';
import { readable } from './readable.ts';
import { judge, type Vector } from './vector.ts';

/** Expects of two answers what their vector says, to the last value where it says the same. */
export function compareAnswers(vector: Vector, theirs: HttpAnswer, ours: HttpAnswer): void {
  expect({ peer: judge(theirs), ours: judge(ours) }).toEqual({
    peer: vector.peerAnswer,
    ours: vector.ourAnswer,
  });
  if (theirs.status !== 200 || ours.status !== 200) return;
  const { path } = vector.question;
  if (vector.why === undefined) expect(readable(path, ours)).toEqual(readable(path, theirs));
  else expect(readable(path, ours)).not.toEqual(readable(path, theirs));
}
