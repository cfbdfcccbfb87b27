import { isJsonList, type JsonValue } from './json-value.ts';

/** Characters of one printed piece, at least, but for the last. */
export const PIECE_CHARACTERS = 65_536;

/** Weight up to which a value is printed at one go. */
const SMALL = 2_000;

/**
 * Prints JSON of any size in pieces, each of which takes a millisecond or so. Joined they are what
 * `JSON.stringify` prints.
 */
export function* printJson(value: JsonValue): Generator<string> {
  let piece = '';
  for (const part of parts(value)) {
    piece += part;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function* parts(value: JsonValue): Generator<string> {
  if (typeof value !== 'object' || value === null || weightOf(value) <= SMALL) {
    yield JSON.stringify(value);
    return;
  }
  if (isJsonList(value)) {
    let before = '[';
    for (const entry of value) {
      yield before;
      yield* parts(entry);
      before = ',';
    }
    yield before === '[' ? '[]' : ']';
    return;
  }
  let before = '{';
  for (const name of Object.keys(value)) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* parts(value[name] ?? null);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

// Stops counting as soon as the value is known not to be small.
function weightOf(value: JsonValue, heavier = SMALL): number {
  if (typeof value === 'string') return 1 + value.length / 64;
  if (typeof value !== 'object' || value === null) return 1;
  let weight = 1;
  for (const child of isJsonList(value) ? value : Object.values(value)) {
    if (weight > heavier) break;
    weight += weightOf(child, heavier - weight);
  }
  return weight;
}
