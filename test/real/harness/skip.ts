import { describe, it } from '@jest/globals';
import { operatorCrdFolder, partBinary } from './build-part.ts';
import { certificateCrdFile } from './cert-manager.ts';
import { runsInCi } from './ci.ts';
import { networkProgram } from './network-namespace.ts';
import { type NeededPart, PartUnavailable } from './part-unavailable.ts';
import { isSystemProgram, systemProgram } from './system-program.ts';

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

function pathOf(part: NeededPart): Promise<string> {
  if (isSystemProgram(part)) return systemProgram(part);
  if (part === 'network-namespace') return networkProgram();
  if (part === 'certificate-crd') return certificateCrdFile();
  return part === 'operator-crds' ? operatorCrdFolder() : partBinary(part);
}

async function firstMissing(parts: readonly NeededPart[]): Promise<PartUnavailable | undefined> {
  for (const part of parts) {
    try {
      await pathOf(part);
    } catch (error) {
      if (error instanceof PartUnavailable) {
        return error;
      }
      throw error;
    }
  }
  return undefined;
}
