/** Prints a text as a CEL string. A JSON string is one: CEL knows each of its escapes. */
export function celString(text: string): string {
  return JSON.stringify(text);
}

/** Prints texts as a CEL list. */
export function celList(texts: readonly string[]): string {
  return `[${texts.map(celString).join(', ')}]`;
}

/** Joins conditions that must all hold. */
export function celAll(conditions: readonly string[]): string {
  return conditions.length === 1
    ? conditions.join('')
    : conditions.map((it) => `(${it})`).join(' && ');
}

/** Says in CEL that the optional text at `path` is absent or empty. Each member on the way may be absent. */
export function celIsEmpty(path: string): string {
  return `${path}.orValue("") == ""`;
}
