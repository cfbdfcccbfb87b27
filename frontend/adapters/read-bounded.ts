/**
 * Reads a stream of bytes whole, or returns `undefined` as soon as it holds more than `maxBytes`. The
 * stream is destroyed then, and its connection with it.
 */
export async function readBounded(
  stream: AsyncIterable<unknown>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
  }
  return Buffer.concat(chunks);
}
