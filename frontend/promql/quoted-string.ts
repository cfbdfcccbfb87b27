import { accept, refuse, type Result } from '../result.ts';
import { excerpt } from './excerpt.ts';

/** What is wrong with an escape, and where in the token. */
export interface EscapeProblem {
  readonly problem: 'escape_unknown' | 'escape_malformed' | 'string_not_utf8';
  /** The escape as written. */
  readonly found: string;
  /** Index in the token. */
  readonly index: number;
}

/**
 * Decodes a string token, quotes included, by the rules of Prometheus' strutil.Unquote.
 *
 * Backquoted strings have no escapes. In the others `\x` and octal escapes stand for bytes, which
 * together must be UTF-8.
 */
export function decodeString(token: string): Result<string, EscapeProblem> {
  const body = token.slice(1, -1);
  if (token.startsWith('`') || !body.includes('\\')) return accept(body);
  const decoder = new StringDecoder();
  for (let at = 1; at < token.length - 1;) {
    const escape = token.charAt(at) === '\\' ? readEscape(token, at) : undefined;
    if (escape === undefined) {
      at += decoder.addCharacter(token.codePointAt(at) ?? 0);
      continue;
    }
    if ('problem' in escape) return refuse(escape);
    if (escape.isByte) decoder.addByte(escape.value);
    else decoder.addCharacter(escape.value);
    at = escape.end;
  }
  const text = decoder.finish();
  if (text === undefined)
    return refuse({ problem: 'string_not_utf8', found: excerpt(token), index: 0 });
  return accept(text);
}

/** Writes a text as a string token in double quotes that every version of Prometheus reads alike. */
export function quoteString(text: string): string {
  let quoted = '"';
  let copied = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (!needsEscape(c)) continue;
    quoted += text.slice(copied, i) + escapeOf(c);
    copied = i + 1;
  }
  return `${quoted}${text.slice(copied)}"`;
}

interface Escape {
  readonly value: number;
  readonly end: number;
  /** Whether the value is a byte rather than a character. */
  readonly isByte: boolean;
}

/** Digits, base and largest value of the numeric escapes. */
const NUMERIC_ESCAPES: ReadonlyMap<string, readonly [number, number, boolean]> = new Map([
  ['x', [2, 0xff, true]],
  ['u', [4, 0xffff, false]],
  ['U', [8, 0x10ffff, false]],
]);

const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
  ['\\', 0x5c],
]);

function readEscape(token: string, at: number): Escape | EscapeProblem {
  const letter = token.charAt(at + 1);
  const simple = letter === token.charAt(0) ? letter.charCodeAt(0) : SIMPLE_ESCAPES.get(letter);
  if (simple !== undefined) return { value: simple, end: at + 2, isByte: false };
  const numeric = NUMERIC_ESCAPES.get(letter);
  const start = numeric === undefined ? at + 1 : at + 2;
  const [length, limit, isByte] = numeric ?? [3, 0xff, true];
  const digits = token.slice(start, Math.min(start + length, token.length - 1));
  if (numeric === undefined && !/^[0-7]/.test(digits)) {
    const found = `\\${String.fromCodePoint(token.codePointAt(at + 1) ?? 0)}`;
    return { problem: 'escape_unknown', found, index: at };
  }
  const isComplete = digits.length === length;
  const isNumeral = numeric === undefined ? /^[0-7]*$/ : /^[0-9a-fA-F]*$/;
  const value = Number.parseInt(digits, numeric === undefined ? 8 : 16);
  const isSurrogate = value >= 0xd800 && value <= 0xdfff;
  if (!isComplete || !isNumeral.test(digits) || value > limit || isSurrogate) {
    return {
      problem: 'escape_malformed',
      found: token.slice(at, start + digits.length),
      index: at,
    };
  }
  return { value, end: start + length, isByte };
}

/** Collects characters, and bytes of which each run must be UTF-8. */
class StringDecoder {
  #text = '';
  #bytes: number[] = [];
  #isValid = true;

  /** Adds a character and gives its length in UTF-16. */
  addCharacter(code: number): number {
    this.#flush();
    this.#text += String.fromCodePoint(code);
    return code > 0xffff ? 2 : 1;
  }

  addByte(byte: number): void {
    this.#bytes.push(byte);
  }

  finish(): string | undefined {
    this.#flush();
    return this.#isValid ? this.#text : undefined;
  }

  #flush(): void {
    // One refusal is enough: each further one would cost an error with its stack.
    if (this.#bytes.length === 0 || !this.#isValid) return;
    const text = decodeUtf8(this.#bytes);
    this.#isValid = text !== undefined;
    this.#text += text ?? '';
    this.#bytes = [];
  }
}

function decodeUtf8(bytes: readonly number[]): string | undefined {
  try {
    return UTF_8.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Quotes, backslashes, control characters, and what text tools take for line ends or marks. */
function needsEscape(c: number): boolean {
  if (c === 0x22 || c === 0x5c || c < 0x20) return true;
  if (c < 0x7f) return false;
  return c < 0xa0 || c === 0x2028 || c === 0x2029 || c === 0xfeff || c === 0xfffd;
}

function escapeOf(c: number): string {
  if (c === 0x22 || c === 0x5c) return `\\${String.fromCharCode(c)}`;
  return `\\u${c.toString(16).padStart(4, '0')}`;
}
