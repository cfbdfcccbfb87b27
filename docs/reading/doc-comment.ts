/** What a documentation comment of a setting says. */
export interface DocComment {
  /** The text before the tags, its lines joined; paragraphs stay apart. */
  readonly text: string;
  /** What stands behind `@default`, or `undefined` where there is none. */
  readonly fallback: string | undefined;
}

/**
 * Reads a documentation comment, from its first character to its last.
 *
 * @throws {SyntaxError} If it has a tag beside `@default` and `@throws`, or one of them twice: what this
 *   reader does not know would be missing in the document, and nobody would notice.
 */
export function readDocComment(comment: string): DocComment {
  const lines = comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, '').trim());
  const first = lines.findIndex((line) => line.startsWith('@'));
  const text = paragraphs(first === -1 ? lines : lines.slice(0, first)).join('\n\n');
  const tags = first === -1 ? [] : readTags(lines.slice(first));
  const defaults = tags.filter(({ name }) => name === 'default');
  const unknown = tags.find(({ name }) => name !== 'default' && name !== 'throws');
  if (unknown !== undefined) throw new SyntaxError(`a comment has the tag @${unknown.name}`);
  if (defaults.length > 1) throw new SyntaxError('a comment has two tags @default');
  return { text, fallback: defaults[0]?.text };
}

interface Tag {
  readonly name: string;
  readonly text: string;
}

function readTags(lines: readonly string[]): readonly Tag[] {
  const starts = lines.flatMap((line, index) => (line.startsWith('@') ? [index] : []));
  return starts.map((start, index) => {
    const [head = '', ...rest] = lines.slice(start, starts[index + 1]);
    const { name = '', text = '' } = /^@(?<name>\w+)\s*(?<text>.*)$/.exec(head)?.groups ?? {};
    return { name, text: withoutLinks([text, ...rest].join(' ').trim()) };
  });
}

function paragraphs(lines: readonly string[]): readonly string[] {
  return lines
    .join('\n')
    .split(/\n{2,}/)
    .map((paragraph) => withoutLinks(paragraph.replaceAll('\n', ' ').trim()))
    .filter((paragraph) => paragraph !== '');
}

function withoutLinks(text: string): string {
  return text.replaceAll(/\{@link ([^}]+)\}/g, '`$1`');
}
