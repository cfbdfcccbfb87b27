import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENTRY_POINTS } from './constructs.ts';

/** The file with the example of a construct. */
export function snippetFile(construct: string): URL {
  const name = construct.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase();
  return new URL(`../snippets/${name}.ts`, import.meta.url);
}

/**
 * Reads the example of a construct as users of the package write it.
 *
 * @throws {SyntaxError} If there is none, if it does not make the construct, or if it imports a file that
 *   is no entry point of the package.
 */
export function readSnippet(construct: string): string {
  const file = snippetFile(construct);
  if (!existsSync(file)) {
    throw new SyntaxError(`${construct} has no example: write ${fileURLToPath(file)}`);
  }
  const source = readFileSync(file, 'utf8');
  if (!new RegExp(`\\bnew (?:\\w+\\.)?${construct}\\(`).test(source)) {
    throw new SyntaxError(`${fileURLToPath(file)} does not make a ${construct}`);
  }
  const shown = source.replaceAll(/^void /gm, '');
  return shown.replaceAll(/ from '(\.[^']*)'/g, (_all, target: string) => {
    const entry = Object.entries(ENTRY_POINTS).find(([, path]) => target === `../../${path}`);
    if (entry === undefined) {
      throw new SyntaxError(`${fileURLToPath(file)} imports ${target}, which users do not have`);
    }
    return ` from '${entry[0]}'`;
  });
}
