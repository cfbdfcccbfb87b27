/** A place in a query, for people and for editors. */
export interface Position {
  /** Bytes of UTF-8 before it, from 0. */
  readonly offset: number;
  /** From 1. LF, CR and CR LF each end a line. */
  readonly line: number;
  /** Characters (code points) from the start of the line, from 1. */
  readonly column: number;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Turns indexes into a text (UTF-16 code units) into positions.
 *
 * Asked in ascending order it reads the text once, however many positions are taken.
 */
export class PositionFinder {
  readonly #text: string;
  #index = 0;
  #offset = 0;
  #line = 1;
  #column = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Gives the position of the character at `index`; the length of the text is its end. */
  at(index: number): Position {
    if (index < this.#index) this.#restart();
    while (this.#index < index) this.#step();
    return Object.freeze({ offset: this.#offset, line: this.#line, column: this.#column });
  }

  #restart(): void {
    this.#index = 0;
    this.#offset = 0;
    this.#line = 1;
    this.#column = 1;
  }

  #step(): void {
    const code = this.#text.codePointAt(this.#index) ?? 0;
    const endsLine = code === LF || (code === CR && this.#text.charCodeAt(this.#index + 1) !== LF);
    this.#index += code > 0xffff ? 2 : 1;
    this.#offset += utf8Width(code);
    this.#line += endsLine ? 1 : 0;
    this.#column = endsLine ? 1 : this.#column + 1;
  }
}

/** Counts the bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // The two halves of a surrogate pair stand for four bytes.
    bytes += unit >= 0xd800 && unit <= 0xdfff ? 2 : utf8Width(unit);
  }
  return bytes;
}

function utf8Width(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code > 0xffff ? 4 : 3;
}
