/** A node of a picture. */
export interface PictureNode {
  /** What edges call it. */
  readonly name: string;
  /** The lines of its text. */
  readonly lines: readonly string[];
  readonly shape?: 'box' | 'round';
}

/** Nodes that stand together under a title. */
export interface PictureGroup {
  readonly title: string;
  readonly nodes: readonly PictureNode[];
}

/** An arrow between two nodes. */
export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly text?: string;
  readonly isDotted?: boolean;
}

/**
 * Prints a picture in the language of Mermaid, as a block of Markdown.
 *
 * @throws {TypeError} If an edge names no node, or a text would end its quotes.
 */
export function mermaid(groups: readonly PictureGroup[], edges: readonly PictureEdge[]): string {
  const ids = new Map(
    groups.flatMap(({ nodes }) => nodes).map(({ name }, index) => [name, `n${index}`]),
  );
  const idOf = (name: string): string => {
    const id = ids.get(name);
    if (id === undefined) throw new TypeError(`no node is called ${name}`);
    return id;
  };
  return [
    '```mermaid',
    'flowchart LR',
    ...groups.flatMap(({ nodes, title }, index) => [
      `    subgraph g${index} [${quoted(title)}]`,
      ...nodes.map((it) => `        ${idOf(it.name)}${shaped(it)}`),
      '    end',
    ]),
    ...edges.map(({ from, isDotted = false, text = '', to }) => {
      const arrow = isDotted ? '-.->' : '-->';
      const label = text === '' ? '' : `|${quoted(text)}|`;
      return `    ${idOf(from)} ${arrow}${label} ${idOf(to)}`;
    }),
    '```',
  ].join('\n');
}

function shaped({ lines, shape = 'box' }: PictureNode): string {
  const text = quoted(lines.join('<br/>'));
  return shape === 'round' ? `(${text})` : `[${text}]`;
}

function quoted(text: string): string {
  if (text.includes('"')) throw new TypeError(`${text} cannot stand in a picture`);
  return `"${text}"`;
}
