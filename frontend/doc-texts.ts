/**
 * The files whose texts are read by the generated documents alone, as paths of the project: the
 * descriptions of settings, and what the error table says beside codes and statuses.
 */
export const DOCUMENTED_FILES: RegExp =
  /[/\\]frontend[/\\](?:config[/\\][^/\\]+|http[/\\](?:limit-)?error-codes)\.ts$/;

/**
 * Empties the texts of such a file that only documents show.
 *
 * It knows three forms: the last argument of `described(...)`, that of `description(...)`, and the
 * members `summary` and `remedy`. Where a form is not found for sure, its text stays.
 *
 * @param code - JavaScript as esbuild prints it: without comments, nothing but texts in quotes.
 */
export function withoutDocTexts(code: string): string {
  const found = [...lastArguments(code), ...members(code)].toSorted((a, b) => b.start - a.start);
  let left = code;
  for (const { start, end } of found) left = `${left.slice(0, start)}""${left.slice(end)}`;
  return left;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const CALL = /\b(?:described|description)\(/g;
const MEMBER = /\b(?:summary|remedy):\s*/g;
const TEXT = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\$]|\\.)*`/y;

function lastArguments(code: string): readonly Span[] {
  return [...code.matchAll(CALL)].flatMap((call) => {
    const span = lastArgument(code, call.index + call[0].length);
    return span === undefined ? [] : [span];
  });
}

function lastArgument(code: string, from: number): Span | undefined {
  let depth = 0;
  // The text that is the whole of the argument so far.
  let text: Span | undefined;
  for (let at = from; at < code.length;) {
    const char = code.charAt(at);
    const end = endOfText(code, at);
    if (end !== undefined) {
      if (depth === 0) text = isBegun(code, from, at) ? { start: at, end } : undefined;
      at = end;
      continue;
    }
    // A regular expression, a division or a comment: which one is not for us to find out.
    if (char === '/' || char === '`') return undefined;
    if (char === ')' && depth === 0) return text;
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth === 0 && char.trim() !== '') text = undefined;
    at += 1;
  }
  return undefined;
}

function isBegun(code: string, from: number, at: number): boolean {
  const before = code.slice(from, at).trimEnd();
  return before === '' || before.endsWith(',');
}

function members(code: string): readonly Span[] {
  return [...code.matchAll(MEMBER)].flatMap((member) => {
    const start = member.index + member[0].length;
    const end = endOfText(code, start);
    return end === undefined || !/^\s*[,}]/.test(code.slice(end, end + 10)) ? [] : [{ start, end }];
  });
}

function endOfText(code: string, at: number): number | undefined {
  TEXT.lastIndex = at;
  return TEXT.test(code) ? TEXT.lastIndex : undefined;
}
