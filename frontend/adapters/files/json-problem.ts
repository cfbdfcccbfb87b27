import type { DocumentProblem } from './document.ts';

/** Deepest nesting of lists and objects that is accepted. */
export const MAX_JSON_DEPTH = 64;

/**
 * Finds the first place where a text is not JSON, or where an object names a member twice.
 *
 * `JSON.parse` answers a mistake by quoting the text and often without a position, and takes the
 * last of two equal members, so that a later line could silently undo an earlier one.
 */
export function findJsonProblem(text: string): DocumentProblem | undefined {
  const scanner = new JsonScanner(text);
  try {
    scanner.scanDocument();
    return undefined;
  } catch (error) {
    if (error instanceof JsonMistake) return { offset: scanner.offset, message: error.message };
    throw error;
  }
}

class JsonMistake extends Error {}

const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const FIRST_PRINTABLE = 0x20;
const WORD = /true|false|null/y;

class JsonScanner {
  readonly #text: string;
  offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scanDocument(): void {
    this.#scanValue(0);
    if (this.offset < this.#text.length) throw new JsonMistake('expected the end of the document');
  }

  #scanValue(depth: number): void {
    if (depth > MAX_JSON_DEPTH) throw new JsonMistake('nested too deeply');
    this.#take(SPACE);
    if (this.#takeMark('{')) this.#scanMembers(depth);
    else if (this.#takeMark('[')) this.#scanItems(depth);
    else if (this.#text[this.offset] === '"') this.#takeText();
    else if ([NUMBER, WORD].every((form) => this.#take(form) === undefined)) {
      throw new JsonMistake('expected a JSON value');
    }
    this.#take(SPACE);
  }

  #scanItems(depth: number): void {
    this.#take(SPACE);
    if (this.#takeMark(']')) return;
    do this.#scanValue(depth + 1);
    while (this.#takeMark(','));
    if (!this.#takeMark(']')) throw new JsonMistake('expected a comma or a closing bracket');
  }

  #scanMembers(depth: number): void {
    const names = new Set<unknown>();
    this.#take(SPACE);
    if (this.#takeMark('}')) return;
    do {
      this.#take(SPACE);
      this.#scanName(names);
      this.#take(SPACE);
      if (!this.#takeMark(':')) throw new JsonMistake('expected a colon');
      this.#scanValue(depth + 1);
    } while (this.#takeMark(','));
    if (!this.#takeMark('}')) throw new JsonMistake('expected a comma or a closing brace');
  }

  #scanName(names: Set<unknown>): void {
    const start = this.offset;
    if (this.#text[start] !== '"') throw new JsonMistake('expected the name of a member in quotes');
    const name: unknown = JSON.parse(this.#takeText());
    if (names.has(name)) {
      this.offset = start;
      throw new JsonMistake('this object names the same member twice');
    }
    names.add(name);
  }

  #takeText(): string {
    const start = this.offset;
    this.offset += 1;
    while (!this.#takeMark('"')) {
      if (this.offset >= this.#text.length) throw new JsonMistake('expected a closing quote');
      if (this.#text.charCodeAt(this.offset) < FIRST_PRINTABLE) {
        throw new JsonMistake('expected an escape in place of a control character');
      }
      if (this.#text[this.offset] !== '\\') this.offset += 1;
      else if (this.#take(ESCAPE) === undefined) throw new JsonMistake('expected a valid escape');
    }
    return this.#text.slice(start, this.offset);
  }

  #takeMark(mark: string): boolean {
    if (this.#text[this.offset] !== mark) return false;
    this.offset += 1;
    return true;
  }

  #take(form: RegExp): string | undefined {
    form.lastIndex = this.offset;
    const taken = form.exec(this.#text)?.[0];
    this.offset += taken?.length ?? 0;
    return taken;
  }
}
