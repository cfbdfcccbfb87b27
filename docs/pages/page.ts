/** A generated document: its file below `docs/`, and its Markdown. */
export interface Page {
  readonly file: string;
  readonly markdown: () => Promise<string> | string;
}

/** What stands at the top of every generated document. */
export const GENERATED_NOTE: string =
  '<!-- Generated from the tables in the code by `npm run docs`; `npm run check` keeps it true. -->';

/** Prints a Markdown table. Vertical bars in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map((cells) => row(cells))].join('\n');
}
