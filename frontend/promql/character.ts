/** Codes of the characters that matter to the lexer, as `charCodeAt` gives them. */
export const CHAR = {
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  hash: 0x23,
  openParenthesis: 0x28,
  dot: 0x2e,
  zero: 0x30,
  colon: 0x3a,
  upperE: 0x45,
  backslash: 0x5c,
  underscore: 0x5f,
  backquote: 0x60,
  lowerE: 0x65,
  lowerS: 0x73,
  lowerX: 0x78,
  /** The first unit of a surrogate pair lies from here to before `trailSurrogate`. */
  leadSurrogate: 0xd800,
  /** The second unit lies from here to `lastSurrogate`. */
  trailSurrogate: 0xdc00,
  lastSurrogate: 0xdfff,
  /** What decoders put where bytes were not UTF-8. */
  replacement: 0xfffd,
} as const;

// Each of these is false for NaN, which `charCodeAt` gives past the end.

/** Tells whether a character separates tokens. No other kind of blank does. */
export function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === CHAR.lineFeed || c === CHAR.carriageReturn;
}

/** Tells whether a character opens a string. */
export function isQuote(c: number): boolean {
  return c === 0x22 || c === 0x27 || c === CHAR.backquote;
}

/** Tells whether a character is one of 0 to 9. */
export function isDigit(c: number): boolean {
  return c >= CHAR.zero && c <= 0x39;
}

/** Tells whether a character is a digit of a hexadecimal number. */
export function isHexDigit(c: number): boolean {
  return isDigit(c) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
}

/** Tells whether a character may begin an identifier. */
export function isAlpha(c: number): boolean {
  return ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) || c === CHAR.underscore;
}

/** Tells whether a character may continue an identifier. */
export function isAlphaNumeric(c: number): boolean {
  return isAlpha(c) || isDigit(c);
}

/** Tells whether a character is one of these. */
export function isOneOf(c: number, characters: string): boolean {
  return !Number.isNaN(c) && characters.includes(String.fromCharCode(c));
}
