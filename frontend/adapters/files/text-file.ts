import { open } from 'node:fs/promises';
import { Fault } from '../../fault.ts';

/**
 * Reads a UTF-8 file whole.
 *
 * @param maxBytes - Longest file that is read.
 * @throws {Fault} `file_unreadable` if there is no such file or it may not be read, `file_too_large`,
 *   `file_not_utf8`. The message names the path and never quotes the content.
 */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
  const bytes = await readUpTo(path, maxBytes + 1);
  if (bytes.byteLength > maxBytes) {
    throw new Fault('file_too_large', `${path} holds more than ${maxBytes} bytes`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('file_not_utf8', `${path} is not UTF-8 text`, { cause });
  }
}

// The size that a file system reports is no bound: pipes and files in /proc report zero.
async function readUpTo(path: string, limit: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r');
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of file.createReadStream({ end: limit - 1, autoClose: false })) {
      if (!(chunk instanceof Uint8Array)) continue;
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length >= limit) break;
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    throw new Fault('file_unreadable', `${path} cannot be read`, { cause, retryable: true });
  }
}
