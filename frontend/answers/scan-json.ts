/** Longest nesting that is read. The answers in question nest eight deep at the most. */
export const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

/** Whether a byte is white space of JSON. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * Finds where the JSON value that begins at `start` ends.
 *
 * Only quotes and brackets are looked at; whoever parses the bytes finds out whether they are JSON.
 *
 * @param limit - Where to give up; at most the number of bytes.
 * @returns The place after its last byte, `undefined` when that is beyond `limit`, or `malformed`
 *   when it is nested too deep.
 */
export function endOfValue(
  bytes: Uint8Array,
  start: number,
  limit: number,
): number | undefined | 'malformed' {
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start, limit);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfContainer(bytes, start, limit);
  return endOfScalar(bytes, start, limit);
}

/** Finds where the string that begins at `start` ends, as {@link endOfValue} does. */
export function endOfString(bytes: Uint8Array, start: number, limit: number): number | undefined {
  let at = start + 1;
  while (at < limit) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return undefined;
}

function endOfContainer(
  bytes: Uint8Array,
  start: number,
  limit: number,
): number | undefined | 'malformed' {
  let depth = 0;
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at, limit);
      if (end === undefined) return undefined;
      at = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return 'malformed';
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

function endOfScalar(bytes: Uint8Array, start: number, limit: number): number | undefined {
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)) {
      return at;
    }
  }
  return limit === bytes.length ? limit : undefined;
}
