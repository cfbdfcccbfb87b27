/** Longest part of a query that a problem quotes, in UTF-16 code units. */
const MAX_EXCERPT_LENGTH = 80;

/** Gives the beginning of a text: a problem quotes a query, it does not repeat it. */
export function excerpt(text: string): string {
  if (text.length <= MAX_EXCERPT_LENGTH) return text;
  // Half of a surrogate pair would not be text.
  const end = (text.codePointAt(MAX_EXCERPT_LENGTH - 2) ?? 0) > 0xffff ? -2 : -1;
  return `${text.slice(0, MAX_EXCERPT_LENGTH + end)}…`;
}
