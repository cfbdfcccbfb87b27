import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENTRY_POINTS } from '../../docs/reading/constructs.ts';
import { PROJECT } from './source-files.ts';

/** What the README says. */
export const README: string = readFileSync(join(PROJECT, 'README.md'), 'utf8');

/** The blocks of code that the README has in a language. */
export function readmeBlocks(language: string): readonly string[] {
  const blocks = README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map((block) => block[1] ?? '');
}

/**
 * Writes the app of the README, which imports the package's entry points from this clone.
 *
 * @returns A new folder, which holds the app as `example.ts`, and which the caller removes.
 */
export async function writeReadmeApp(): Promise<string> {
  const [example = ''] = readmeBlocks('ts');
  const code = example.replaceAll(/'(prometheus-tenancy-kit[^']*)'/g, (_all, entry: string) => {
    return `'${join(PROJECT, ENTRY_POINTS[entry] ?? `missing entry point ${entry}`)}'`;
  });
  // Below the project, so that the app finds the packages it imports.
  await mkdir(join(PROJECT, 'build'), { recursive: true });
  const folder = await mkdtemp(join(PROJECT, 'build', 'readme-'));
  await writeFile(join(folder, 'example.ts'), code);
  return folder;
}
