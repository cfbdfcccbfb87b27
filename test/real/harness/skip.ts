import { describe, it } from '@jest/globals';
import { operatorCrdFolder, partBinary } from './build-part.ts';
import { runsInCi } from './ci.ts';
import { PartUnavailable } from './part-unavailable.ts';
import type { PartName } from './parts.ts';

/** A part that a suite needs: a program, or the operator's custom resource definitions. */
export type NeededPart = PartName | 'prometheus-operator';

/**
 * Describes a suite that needs real parts, and has them built first. Await it at the top of a test
 * file.
 *
 * Where a part cannot be had, a person gets a skipped suite and the reason. In CI a test that names
 * the part fails instead, for a skipped test there is one that nobody misses.
 */
export async function describeReal(
  name: string,
  parts: readonly NeededPart[],
  body: () => void,
): Promise<void> {
  const missing = await firstMissing(parts);
  if (missing === undefined) {
    describe(name, body);
  } else if (runsInCi()) {
    describe(name, () => {
      it(`has ${missing.part}`, () => {
        throw missing;
      });
    });
  } else {
    process.stderr.write(`skipping "${name}": ${missing.message}\n`);
    describe.skip(name, body);
  }
}

async function firstMissing(parts: readonly NeededPart[]): Promise<PartUnavailable | undefined> {
  for (const part of parts) {
    try {
      await (part === 'prometheus-operator' ? operatorCrdFolder() : partBinary(part));
    } catch (error) {
      if (error instanceof PartUnavailable) {
        return error;
      }
      throw error;
    }
  }
  return undefined;
}
