import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { moduleSource } from './module-source.ts';
import type { Part, PartRelease } from './parts.ts';
import { runProgram } from './processes.ts';

/** A module as it was published, ready to be built in. */
export interface ReleasedModule {
  /** Its sources. They belong to Go's module cache and cannot be written to. */
  readonly folder: string;
  /** The `go.mod` to build by, beside its `go.sum`. */
  readonly goMod: string;
}

/**
 * Fetches the module of a part, and copies its `go.mod` and `go.sum` to where Go can write to them.
 *
 * Go checks the module against the public database of checksums, and adds to the copied `go.sum` what
 * it checks there of the modules that take the place of others.
 *
 * @param place - An existing folder for the copies.
 * @throws {PartUnavailable} If the module cannot be fetched.
 */
export async function releasedModule(
  part: Part,
  { replaced }: PartRelease,
  place: string,
): Promise<ReleasedModule> {
  const { module, name, version } = part;
  const folder = await moduleSource({ part: name, module, version });
  for (const file of ['go.mod', 'go.sum']) {
    await copyFile(join(folder, file), join(place, file));
    await chmod(join(place, file), 0o644);
  }
  const goMod = join(place, 'go.mod');
  for (const replacement of replaced) {
    const edit = ['mod', 'edit', `-replace=${replacement}`, goMod];
    const { exitCode, stderr } = await runProgram('go', edit, { env: { GOWORK: 'off' } });
    if (exitCode !== 0) throw new Error(`go ${edit.join(' ')} says: ${stderr}`);
  }
  return { folder, goMod };
}
