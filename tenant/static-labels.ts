/** A label that every series of an installation carries, such as the name of its cluster. */
export interface StaticLabel {
  readonly name: string;
  readonly value: string;
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether a text can be the name of a static label: it can stand in a selector without quotes. */
export function isStaticLabelName(text: string): boolean {
  return LABEL_NAME.test(text) && !text.startsWith('__');
}

/** Reads static labels from a record of names and values, sorted by name. */
export function staticLabelsOf(record: Readonly<Record<string, string>>): readonly StaticLabel[] {
  const labels = Object.entries(record).map(([name, value]) => Object.freeze({ name, value }));
  return Object.freeze(labels.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}
