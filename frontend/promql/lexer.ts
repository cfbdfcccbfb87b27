import {
  CHAR,
  isAlpha,
  isAlphaNumeric,
  isDigit,
  isHexDigit,
  isOneOf,
  isQuote,
  isSpace,
} from './character.ts';
import { excerpt } from './excerpt.ts';
import type { LexicalFacts } from './problem.ts';
import { DURATION_WORDS, type Punctuation, type TokenKind, WORD_KINDS } from './token.ts';

/**
 * Splits a query into tokens, one at a time.
 *
 * What a character means depends on the brackets it stands in, as in promql/parser/lex.go: between
 * braces every word is an identifier and there are no numbers; between square brackets a colon
 * separates range and step, and the only words are those of duration expressions.
 */
export class Lexer {
  /** The kind of the current token; `nothing` at the end, and after a problem. */
  kind: TokenKind = 'nothing';
  /** Index of its first character. */
  start = 0;
  /** Index after its last character. */
  end = 0;
  /** What stopped the lexer. `start` and `end` tell where. */
  problem: LexicalFacts | undefined;

  readonly #text: string;
  #inBraces = false;
  #inBrackets: 'no' | 'beforeNumber' | 'afterNumber' = 'no';
  #sawColon = false;
  /** Whether any range so far has begun with a number, or with a word that a number follows. */
  #sawRangeNumber = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves to the next token. */
  next(): void {
    if (this.problem !== undefined) return;
    this.#skipBlank();
    this.start = this.end;
    const c = this.#peek();
    if (Number.isNaN(c)) this.kind = 'nothing';
    else if (this.#inBraces) this.#lexInBraces(c);
    else if (this.#inBrackets === 'beforeNumber') this.#lexBeforeNumber(c);
    else this.#lexOutside(c);
  }

  #lexOutside(c: number): void {
    if (isAlpha(c) || c === CHAR.colon) {
      if (this.#inBrackets === 'no') this.#lexWord();
      else this.#lexInBrackets(c);
    } else if (isDigit(c) || (c === CHAR.dot && isDigit(this.#peek(1)))) {
      this.#lexNumber();
    } else if (isQuote(c)) {
      this.#lexString(c);
    } else {
      this.#lexPunctuation();
    }
  }

  #lexInBraces(c: number): void {
    if (isAlpha(c)) {
      do this.end++;
      while (isAlphaNumeric(this.#peek()));
      this.kind = 'identifier';
    } else if (isQuote(c)) {
      this.#lexString(c);
    } else {
      this.#takeSign(BRACE_SIGNS);
    }
  }

  /** Between `[` and the first number comments are not allowed, strings neither. */
  #lexBeforeNumber(c: number): void {
    if (isAlpha(c) || c === CHAR.colon) this.#lexInBrackets(c);
    else if (isDigit(c) || (c === CHAR.dot && isDigit(this.#peek(1)))) this.#lexNumber();
    else this.#takeSign(BRACKET_SIGNS);
  }

  #lexInBrackets(c: number): void {
    if (c === CHAR.colon) {
      // As in lex.go, whose flag is never taken back: in `[step():1m]` the colon needs an earlier range.
      const isEarly = this.#inBrackets === 'beforeNumber' && !this.#sawRangeNumber;
      if (this.#sawColon || isEarly) return this.#failAtCharacter();
      this.#sawColon = true;
      return this.#take(':');
    }
    let end = this.end;
    while (isAlpha(this.#text.charCodeAt(end))) end++;
    const word = this.#text.slice(this.end, end).toLowerCase();
    const kind = DURATION_WORDS.has(word) ? WORD_KINDS.get(word) : undefined;
    if (kind === undefined) return this.#failAtCharacter();
    this.kind = kind;
    this.end = end;
  }

  #lexWord(): void {
    let hasColon = false;
    for (let c = this.#peek(); isAlphaNumeric(c) || c === CHAR.colon; c = this.#peek()) {
      hasColon ||= c === CHAR.colon;
      this.end++;
    }
    const word = this.#text.slice(this.start, this.end);
    const kind = WORD_KINDS.get(word.toLowerCase());
    if (kind === undefined) this.kind = hasColon ? 'metricIdentifier' : 'identifier';
    // These are keywords only in front of a parenthesis, so that older metrics keep their names.
    else if (kind === 'fill' || kind === 'fill_left' || kind === 'fill_right')
      this.kind = this.#isBeforeParenthesis() ? kind : 'identifier';
    else this.kind = kind;
  }

  #isBeforeParenthesis(): boolean {
    let at = this.end;
    while (isSpace(this.#text.charCodeAt(at))) at++;
    return this.#text.charCodeAt(at) === CHAR.openParenthesis;
  }

  #lexPunctuation(): void {
    this.#takeSign(OUTER_SIGNS);
    if (this.kind === '{') {
      this.#inBraces = true;
    } else if (this.kind === '[') {
      if (this.#inBrackets !== 'no') return this.#failAtCharacter();
      this.#inBrackets = 'beforeNumber';
      this.#sawColon = false;
    }
  }

  #takeSign(signs: ReadonlyMap<string, Punctuation>): void {
    const two = signs.get(this.#text.slice(this.end, this.end + 2));
    const sign = two ?? signs.get(this.#text.charAt(this.end));
    if (sign === undefined) return this.#failAtCharacter();
    this.#take(sign);
    if (sign === '}') this.#inBraces = false;
    else if (sign === ']') this.#inBrackets = 'no';
  }

  #take(sign: Punctuation): void {
    this.kind = sign;
    this.end += sign.length;
  }

  #lexString(quote: number): void {
    const raw = quote === CHAR.backquote;
    for (let i = this.end + 1; i < this.#text.length; i++) {
      const c = this.#text.charCodeAt(i);
      if (c === quote) {
        this.kind = 'string';
        this.end = i + 1;
        return;
      }
      if (c === CHAR.lineFeed && !raw) break;
      if (c === CHAR.backslash && !raw) i++;
      else if (c >= CHAR.leadSurrogate && !this.#isCharacter(i)) return this.#failAt(i);
    }
    this.#fail({ problem: 'string_unterminated', found: this.#text.charAt(this.start) });
  }

  /** Tells whether no decoder has put U+FFFD here, and no half of a surrogate pair stands alone. */
  #isCharacter(index: number): boolean {
    const c = this.#text.charCodeAt(index);
    if (c === CHAR.replacement) return false;
    if (c < CHAR.leadSurrogate || c > CHAR.lastSurrogate) return true;
    const lead = c < CHAR.trailSurrogate ? index : index - 1;
    return (this.#text.codePointAt(lead) ?? 0) > 0xffff;
  }

  #lexNumber(): void {
    if (this.#inBrackets !== 'no') {
      this.#inBrackets = 'afterNumber';
      this.#sawRangeNumber = true;
    }
    if (this.#scanNumber()) this.kind = 'number';
    else if (this.#scanUnits()) this.kind = 'duration';
    else this.#failAtNumber();
  }

  /** Follows scanNumber of lex.go step by step: what it leaves over decides what is a duration. */
  #scanNumber(): boolean {
    const hex = this.#peek() === CHAR.zero && (this.#peek(1) | 0x20) === CHAR.lowerX;
    if (hex) {
      this.end += 2;
      this.#accept(CHAR.underscore);
    } else {
      this.#accept(CHAR.dot);
    }
    const isNumeral = hex ? isHexDigit : isDigit;
    if (isNumeral(this.#peek())) this.end++;
    let sawDot = !hex && this.#text.charCodeAt(this.start) === CHAR.dot;
    let sawExponent = false;
    for (;;) {
      const c = this.#peek();
      if (c === CHAR.dot) {
        if (sawDot || hex) return false;
        sawDot = true;
        this.end++;
        if (isOneOf(this.#peek(), '_.')) return false;
      } else if (c === CHAR.upperE || c === CHAR.lowerE) {
        if (sawExponent) return false;
        sawExponent = true;
        this.end++;
        if (isOneOf(this.#peek(), '+-')) this.end++;
        if (this.#isStuck()) return false;
      } else if (c === CHAR.underscore) {
        this.end++;
        if (this.#isStuck()) return false;
      } else if (isNumeral(c)) {
        while (isNumeral(this.#peek())) this.end++;
      } else {
        return !isAlphaNumeric(c);
      }
    }
  }

  #isStuck(): boolean {
    return Number.isNaN(this.#peek()) || isOneOf(this.#peek(), '._eE');
  }

  /** Reads what makes the digits before it a duration: `m30s` after `5`. */
  #scanUnits(): boolean {
    for (let first = true; first || isDigit(this.#peek()); first = false) {
      while (isDigit(this.#peek())) this.end++;
      // Years come first or not at all.
      if (!isOneOf(this.#peek(), first ? 'smhdwy' : 'smhdw')) return false;
      this.end++;
      this.#accept(CHAR.lowerS);
    }
    return !isAlphaNumeric(this.#peek());
  }

  #skipBlank(): void {
    for (let c = this.#peek(); ; c = this.#peek()) {
      if (isSpace(c)) this.end++;
      else if (c === CHAR.hash && this.#inBrackets !== 'beforeNumber') this.#skipComment();
      else return;
    }
  }

  #skipComment(): void {
    // A carriage return alone ends a comment too: what follows it is part of the query.
    for (
      let c = this.#peek();
      c !== CHAR.lineFeed && c !== CHAR.carriageReturn && !Number.isNaN(c);
      c = this.#peek()
    )
      this.end++;
  }

  #accept(code: number): void {
    if (this.#peek() === code) this.end++;
  }

  #peek(ahead = 0): number {
    return this.#text.charCodeAt(this.end + ahead);
  }

  #failAtNumber(): void {
    while (isAlphaNumeric(this.#peek())) this.end++;
    this.#fail({
      problem: 'number_malformed',
      found: excerpt(this.#text.slice(this.start, this.end)),
    });
  }

  #failAtCharacter(): void {
    const found = String.fromCodePoint(this.#text.codePointAt(this.start) ?? 0);
    this.#fail({ problem: 'character_unexpected', found });
  }

  #failAt(index: number): void {
    this.start = index;
    this.#fail({ problem: 'string_character_invalid', found: this.#text.charAt(index) });
  }

  #fail(problem: LexicalFacts): void {
    this.problem = problem;
    this.kind = 'nothing';
  }
}

const ARITHMETIC: readonly Punctuation[] = ['+', '-', '*', '/', '%', '^', '(', ')', ',', ']'];
const COMPARISON: readonly Punctuation[] = ['==', '!=', '<', '<=', '</', '>', '>=', '>/'];

const OUTER_SIGNS = signs([...ARITHMETIC, ...COMPARISON, '=', '{', '[', '@']);
const BRACE_SIGNS = signs([',', '=', '=~', '!=', '!~', '}']);
const BRACKET_SIGNS = signs(ARITHMETIC);

function signs(list: readonly Punctuation[]): ReadonlyMap<string, Punctuation> {
  return new Map(list.map((sign) => [sign, sign]));
}
