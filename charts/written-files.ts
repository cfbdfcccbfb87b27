import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';

/**
 * Name of the file, among the manifests, that lists what the last run wrote. No ending of its own, so that
 * neither kubectl nor Kustomize nor Helm takes it for a manifest.
 */
export const WRITTEN_FILES = '.prometheus-tenancy-kit-files';

const HEADER =
  '# What prometheus-tenancy-kit wrote here. Its next run removes what it does not write again.';

/** What earlier runs wrote into a folder, as they noted it. Nothing where there is no note. */
export function readWrittenFiles(folder: string): readonly string[] {
  const file = join(folder, WRITTEN_FILES);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Notes what was written into a folder. */
export function noteWrittenFiles(folder: string, paths: readonly string[]): void {
  const lines = [HEADER, ...new Set(paths.toSorted())];
  writeFileSync(join(folder, WRITTEN_FILES), `${lines.join('\n')}\n`);
}

/**
 * Removes files below a folder, and the folders there that are empty without them. A path that leads out
 * of the folder, by its words or by a symbolic link, and what is no file are left alone: the note may have
 * been edited.
 */
export function removeWrittenFiles(folder: string, paths: readonly string[]): void {
  for (const path of paths) {
    if (!isFileBelow(folder, path)) continue;
    unlinkSync(join(folder, path));
    for (let above = dirname(path); above !== '.'; above = dirname(above)) {
      if (readdirSync(join(folder, above)).length > 0) break;
      rmdirSync(join(folder, above));
    }
  }
}

function isFileBelow(folder: string, path: string): boolean {
  if (isAbsolute(path) || normalize(path) !== path || path.split('/')[0] === '..') return false;
  if (lstatSync(join(folder, path), { throwIfNoEntry: false })?.isFile() !== true) return false;
  return realpathSync(dirname(join(folder, path))) === join(realpathSync(folder), dirname(path));
}
