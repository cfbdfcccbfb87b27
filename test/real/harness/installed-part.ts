import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Part } from './parts.ts';
import { runProgram } from './processes.ts';

const VERSION_TIMEOUT_MS = 10_000;

/** Finds a part on PATH in a version that will do, or gives `undefined`. */
export async function installedProgram(part: Part): Promise<string | undefined> {
  if (part.installed === undefined) {
    return undefined;
  }
  const program = await onPath(part.name);
  if (program === undefined) {
    return undefined;
  }
  const { versionArgs, versionPattern, atLeast } = part.installed;
  const { stdout, stderr } = await runProgram(program, versionArgs, {
    timeoutMs: VERSION_TIMEOUT_MS,
  });
  const version = versionPattern.exec(stdout + stderr)?.[1];
  return version !== undefined && isAtLeast(version, atLeast) ? program : undefined;
}

/** Compares two versions made of three numbers. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version.split('.').map(Number), least.split('.').map(Number)];
  for (const [i, wanted] of b.entries()) {
    const difference = (a[i] ?? 0) - wanted;
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}

/** Finds an executable file of this name on PATH, or gives `undefined`. */
export async function onPath(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((path) => isAbsolute(path));
  for (const folder of folders) {
    const candidate = join(folder, name);
    const isThere = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) {
      return candidate;
    }
  }
  return undefined;
}
