import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDocComment } from './doc-comment.ts';
import { readInterface, type Setting } from './interfaces.ts';

/** The entry points of the package, by the name they are imported under, as files of this clone. */
export const ENTRY_POINTS: Readonly<Record<string, string>> = {
  'prometheus-tenancy-kit': 'lib/index.ts',
  'prometheus-tenancy-kit/onboarding': 'tenant/onboarding/index.ts',
};

/** A class that an entry point exports. */
export interface ExportedClass {
  readonly name: string;
  /** The name of the entry point. */
  readonly entryPoint: string;
  /** What its comment says. */
  readonly text: string;
  /** Its settings where it is a construct, those of bases last; otherwise `undefined`. */
  readonly settings: readonly Setting[] | undefined;
}

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Reads the classes that the entry points of the package export, in the order of their names.
 *
 * @throws {SyntaxError} If a source has something that the reader does not know, with the file.
 */
export function readExportedClasses(): readonly ExportedClass[] {
  return Object.entries(ENTRY_POINTS)
    .flatMap(([entryPoint, index]) =>
      [...importsOf(index, read(index), 'export')].flatMap(([name, file]) =>
        readClass(entryPoint, name, file),
      ),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readClass(entryPoint: string, name: string, file: string): readonly ExportedClass[] {
  const source = read(file);
  const start = source.search(new RegExp(`^export class ${name}\\b`, 'm'));
  if (start === -1) return [];
  try {
    const comment = source.slice(source.lastIndexOf('/**', start), start).trim();
    const { text } = readDocComment(comment);
    const code = source.slice(start);
    const isConstruct = /^export class \w+ extends Construct\b/.test(code);
    if (!isConstruct) return [{ name, entryPoint, text, settings: undefined }];
    const props = propsOf(code);
    const settings = props === undefined ? [] : readSettings(file, props);
    return [{ name, entryPoint, text, settings }];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`${file}: ${error.message}`, { cause: error });
  }
}

// The interface of the settings, or `undefined` where a construct has none.
function propsOf(code: string): string | undefined {
  const rest = /\n {2}constructor\(\s*scope: Construct,\s*id: string(?<rest>[^)]*)\)/.exec(code)
    ?.groups?.['rest'];
  if (rest !== undefined && /^[,\s]*$/.test(rest)) return undefined;
  const props = /^,\s*(?:props|\{[^}]*\}): (?<name>\w+)(?: = \{\})?,?\s*$/.exec(rest ?? '');
  if (props?.groups?.['name'] !== undefined) return props.groups['name'];
  throw new SyntaxError('the constructor does not take scope, id and settings of one interface');
}

/**
 * Reads the settings of an interface, those of its bases last.
 *
 * @param file - A source file, relative to the project, that declares, imports or exports it.
 * @throws {SyntaxError} If there is no such interface, or it has something that the reader does not know.
 */
export function readSettings(file: string, name: string): readonly Setting[] {
  const source = read(file);
  const found = readInterface(source, name);
  if (found === undefined) {
    const elsewhere = importsOf(file, source, '(?:import|export)').get(name);
    if (elsewhere === undefined) throw new SyntaxError(`there is no interface ${name}`);
    return readSettings(elsewhere, name);
  }
  const all = [...found.settings, ...found.bases.flatMap((base) => readSettings(file, base))];
  // One that is declared again says more than that of the base.
  return all.filter((it, index) => all.findIndex((other) => other.name === it.name) === index);
}

// What a file imports or exports from files of ours: the name, and the file it comes from.
function importsOf(file: string, source: string, keyword: string): ReadonlyMap<string, string> {
  const statements = source.matchAll(
    new RegExp(`^${keyword} (?:type )?\\{(?<names>[^}]*)\\} from '(?<from>\\.[^']+)';`, 'gm'),
  );
  return new Map(
    [...statements].flatMap(({ groups = {} }) => {
      const target = relative(PROJECT, join(PROJECT, dirname(file), groups['from'] ?? ''));
      const names = (groups['names'] ?? '').split(',').map((it) => it.trim().replace(/^type /, ''));
      return names.filter((it) => it !== '').map((it): [string, string] => [it, target]);
    }),
  );
}

function read(file: string): string {
  return readFileSync(join(PROJECT, file), 'utf8');
}
