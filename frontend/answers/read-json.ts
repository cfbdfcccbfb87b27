import type { JsonObject, JsonValue } from './json-value.ts';
import { endOfString, endOfValue, isSpace } from './scan-json.ts';
import {
  applyShape,
  type EntriesShape,
  type Judged,
  judgeEntry,
  type Shape,
  shapeOfMember,
} from './shape.ts';

/** Bytes that are parsed at one go: some two milliseconds. */
export const SLICE_BYTES = 262_144;

/** Longest single text in an answer, in bytes: it is the one thing that cannot be read in parts. */
export const MAX_TEXT_BYTES = 4_194_304;

/** Containers above the slice size may nest this deep; each takes a level of our own stack. */
const MAX_LARGE_DEPTH = 16;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads JSON of any size in small steps, and judges its entries on the way: each is parsed alone, so
 * that what is left out never takes more memory than one entry.
 *
 * A value that fits into a slice goes to `JSON.parse`. Only what is larger is taken apart here, into
 * members and entries, until each part fits.
 *
 * @param bytes - The whole document. It is not changed.
 * @param sliceBytes - Bytes that are parsed at one go.
 * @returns The filtered value, or `undefined` when the bytes are not JSON in UTF-8, or beyond one of
 *   the bounds of this module. Each step yields nothing; whoever drives them may pause in between.
 */
export function* readJson(
  bytes: Uint8Array,
  shape?: Shape,
  sliceBytes: number = SLICE_BYTES,
): Generator<undefined, JsonValue | undefined> {
  const reader = new Reader(bytes, sliceBytes);
  try {
    const { value } = yield* reader.value(shape, 0);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof MalformedJson) return undefined;
    throw error;
  }
}

class MalformedJson extends Error {}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #sliceBytes: number;
  #at = 0;

  constructor(bytes: Uint8Array, sliceBytes: number) {
    this.#bytes = bytes;
    this.#sliceBytes = sliceBytes;
  }

  *value(shape: Shape | undefined, depth: number): Generator<undefined, Judged> {
    this.#skipSpace();
    const limit = Math.min(this.#at + this.#sliceBytes, this.#bytes.length);
    const end = endOfValue(this.#bytes, this.#at, limit);
    yield;
    if (end === 'malformed') throw new MalformedJson();
    if (end !== undefined) return applyShape(this.#parseTo(end), shape);
    if (depth === MAX_LARGE_DEPTH || limit === this.#bytes.length) throw new MalformedJson();
    if (this.#take('{')) return yield* this.#members(shape, depth + 1);
    if (this.#take('[')) return yield* this.#entries(shape, depth + 1);
    return applyShape(this.#longText(), shape);
  }

  /** Makes sure that nothing follows. */
  end(): void {
    this.#skipSpace();
    if (this.#at < this.#bytes.length) throw new MalformedJson();
  }

  *#members(shape: Shape | undefined, depth: number): Generator<undefined, Judged> {
    const members: [string, JsonValue][] = [];
    let lost = 0;
    do {
      const name = this.#name();
      const judged = yield* this.value(shapeOfMember(shape, name), depth);
      members.push([name, judged.value]);
      lost += judged.lost;
    } while (this.#goesOn('}'));
    const value: JsonObject = Object.fromEntries(members);
    return shape?.kind === 'entries' ? applyShape(value, shape) : { value, lost };
  }

  *#entries(shape: Shape | undefined, depth: number): Generator<undefined, Judged> {
    const kept: JsonValue[] = [];
    let lost = 0;
    do {
      const entry = yield* this.value(entryShape(shape), depth);
      const own = shape?.kind === 'entries' ? judgeEntry(shape, entry) : entry.value;
      lost += entry.lost;
      if (own === undefined) lost += 1;
      else kept.push(own);
    } while (this.#goesOn(']'));
    return { value: kept, lost };
  }

  #name(): string {
    this.#skipSpace();
    const limit = Math.min(this.#at + SLICE_BYTES, this.#bytes.length);
    const end = endOfString(this.#bytes, this.#at, limit);
    const name = end === undefined ? undefined : this.#parseTo(end);
    this.#skipSpace();
    if (typeof name !== 'string' || !this.#take(':')) throw new MalformedJson();
    return name;
  }

  #longText(): JsonValue {
    const limit = Math.min(this.#at + MAX_TEXT_BYTES, this.#bytes.length);
    const isText = this.#bytes[this.#at] === 0x22;
    const end = isText ? endOfString(this.#bytes, this.#at, limit) : undefined;
    if (end === undefined) throw new MalformedJson();
    return this.#parseTo(end);
  }

  #goesOn(close: '}' | ']'): boolean {
    this.#skipSpace();
    if (this.#take(',')) return true;
    if (this.#take(close)) return false;
    throw new MalformedJson();
  }

  #parseTo(end: number): JsonValue {
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    try {
      const value: JsonValue = JSON.parse(UTF8.decode(part));
      return value;
    } catch {
      throw new MalformedJson();
    }
  }

  #take(character: string): boolean {
    if (this.#bytes[this.#at] !== character.charCodeAt(0)) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    while (isSpace(this.#bytes[this.#at])) this.#at += 1;
  }
}

function entryShape(shape: Shape | undefined): EntriesShape['entry'] {
  return shape?.kind === 'entries' ? shape.entry : undefined;
}
