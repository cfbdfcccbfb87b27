/** The few forms of the protocol buffer encoding that a remote write needs. */

/** A member that holds bytes, text or another message. */
export function bytesField(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([tag(number, 2), varint(bytes.length), bytes]);
}

/** A member that holds a whole number, 0 or more. */
export function wholeField(number: number, value: number): Buffer {
  return Buffer.concat([tag(number, 0), varint(value)]);
}

/** A member that holds a signed number in the zigzag form. */
export function signedField(number: number, value: number): Buffer {
  return wholeField(number, zigzag(value));
}

/** A member that holds signed numbers, packed. */
export function signedFields(number: number, values: readonly number[]): Buffer {
  return bytesField(number, Buffer.concat(values.map((value) => varint(zigzag(value)))));
}

/** A member that holds a float; its eight bytes may be given, for NaNs are not all alike. */
export function doubleField(number: number, value: number | Uint8Array): Buffer {
  const bytes = Buffer.alloc(8);
  if (typeof value === 'number') bytes.writeDoubleLE(value);
  else bytes.set(value);
  return Buffer.concat([tag(number, 1), bytes]);
}

/** Puts bytes into the block form of Snappy, as literals: valid, and not compressed at all. */
export function snappyBlock(bytes: Buffer): Buffer {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const literal = bytes.subarray(at, at + 65_536);
    const head = Buffer.from([61 << 2, 0, 0]);
    head.writeUInt16LE(literal.length - 1, 1);
    parts.push(head, literal);
  }
  return Buffer.concat(parts);
}

function tag(number: number, wireType: number): Buffer {
  return varint(number * 8 + wireType);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
