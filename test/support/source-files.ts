import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the project. */
export const PROJECT: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A source file of the project. */
export interface SourceFile {
  /** Path from the top folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ImportedModule[];
}

/** A module that a file imports. */
export interface ImportedModule {
  /** The specifier, or the path from the top folder for a file of the project. */
  readonly target: string;
  readonly isOurs: boolean;
  readonly isTypeOnly: boolean;
}

const SKIPPED = new Set(['node_modules', 'build', 'dist']);
const IMPORT =
  /^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Reads every TypeScript file below a folder of the project. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(PROJECT, file)
          .split('/')
          .some((part) => SKIPPED.has(part)),
    )
    .toSorted()
    .map((file) => readSource(file));
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const path = relative(PROJECT, file).replaceAll('\\', '/');
  return { path, text, imports: importsOf(text, path) };
}

/** The modules that a source text imports. */
export function importsOf(text: string, path: string): readonly ImportedModule[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? '';
    const isOurs = specifier.startsWith('.');
    return {
      target: isOurs ? join(dirname(path), specifier).replaceAll('\\', '/') : specifier,
      isOurs,
      isTypeOnly: match[1] !== undefined,
    };
  });
}

/** A source text with comments and the contents of strings blanked, line breaks kept. */
export function codeOnly(text: string): string {
  return text.replaceAll(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g,
    (match) => match.replaceAll(/[^\n]/g, ' '),
  );
}
