import { readDocComment } from './doc-comment.ts';

/** One setting of an interface. */
export interface Setting {
  readonly name: string;
  readonly isOptional: boolean;
  /** Its type, on one line and without comments. */
  readonly type: string;
  /** What `@default` says; `undefined` where the setting is required. */
  readonly fallback: string | undefined;
  readonly description: string;
}

/** An interface of settings as a source file declares it. */
export interface SettingsInterface {
  readonly name: string;
  /** The interfaces that it extends, by name. */
  readonly bases: readonly string[];
  readonly settings: readonly Setting[];
}

/**
 * Reads an interface out of a source file that prettier has formatted.
 *
 * It knows `readonly` properties with documentation comments, and nothing else: no methods, no index
 * signatures, no generic bases.
 *
 * @returns The interface, or `undefined` where the file does not declare it.
 * @throws {SyntaxError} If the interface has something else, or an optional setting without `@default`.
 */
export function readInterface(source: string, name: string): SettingsInterface | undefined {
  const head = new RegExp(
    `^(?:export )?interface ${name}(?<generic><[^>]*>)?(?: extends (?<bases>[^{]*))? \\{\\n`,
    'm',
  ).exec(source);
  if (head === null) return undefined;
  const bases = (head.groups?.['bases'] ?? '').split(',').map((base) => base.trim());
  if (head.groups?.['generic'] !== undefined || bases.some((base) => /\W/.test(base))) {
    throw new SyntaxError(`${name} is generic, or extends something that is`);
  }
  const start = head.index + head[0].length;
  const end = source.indexOf('\n}\n', start - 1);
  return {
    name,
    bases: bases.filter((base) => base !== ''),
    settings: [...readSettings(name, source.slice(start, end + 1))],
  };
}

const MEMBER =
  /^\s*(?<comment>\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?\s*readonly (?<name>\w+)(?<optional>\?)?:(?=\s)/;

function* readSettings(owner: string, body: string): Generator<Setting> {
  let rest = body;
  while (rest.trim() !== '') {
    const member = MEMBER.exec(rest);
    if (member === null) {
      throw new SyntaxError(
        `${owner} has a member that is no readonly property: ${rest.trim().split('\n')[0] ?? ''}`,
      );
    }
    const { comment, name = '', optional } = member.groups ?? {};
    const subject = `${owner}.${name}`;
    if (comment === undefined) throw new SyntaxError(`${subject} has no comment`);
    const { fallback, text } = readDocComment(comment);
    const isOptional = optional !== undefined;
    if (isOptional !== (fallback !== undefined)) {
      throw new SyntaxError(
        isOptional ? `${subject} is optional and says no @default` : `${subject} needs no @default`,
      );
    }
    const length = typeLength(rest.slice(member[0].length), subject);
    const type = oneLine(rest.slice(member[0].length, member[0].length + length));
    yield { name, isOptional, type, fallback, description: text };
    rest = rest.slice(member[0].length + length + 1);
  }
}

// Where the semicolon stands that ends a type: those in nested types and in texts do not count.
function typeLength(text: string, subject: string): number {
  let depth = 0;
  const tokens = /\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.)*'|=>|[()[\]{}<>;]/g;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === ';' && depth === 0) return index;
    if ('([{<'.includes(token)) depth += 1;
    else if (')]}>'.includes(token)) depth -= 1;
  }
  throw new SyntaxError(`the type of ${subject} has no end`);
}

function oneLine(type: string): string {
  return type
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/^ ?\| /, '')
    .replaceAll('; }', ' }')
    .trim();
}
