import { it } from '@jest/globals';
import { AT_FLOOR } from './parts.ts';

/**
 * Gives `it` for a test of what the oldest platform does not know. There the test is skipped, and the
 * reason is told.
 *
 * @param reason - Why the test says nothing there, as a sentence without its end.
 */
export function itBeyondFloor(reason: string): typeof it | typeof it.skip {
  if (!AT_FLOOR) return it;
  process.stderr.write(`skipping a test on the oldest platform: ${reason}\n`);
  return it.skip;
}
