import { open } from 'node:fs/promises';
import { Fault } from '../../fault.ts';
import { readBounded } from '../read-bounded.ts';

/**
 * Reads a UTF-8 file whole.
 *
 * @param maxBytes - Longest file that is read.
 * @throws {Fault} `file_unreadable` if there is no such file or it may not be read, `file_too_large`,
 *   `file_not_utf8`. The message names the path and never quotes the content.
 */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
  return textOf(path, await readUpTo(path, maxBytes), maxBytes);
}

/**
 * Reads a stream of UTF-8 text whole.
 *
 * @param name - What messages call it.
 * @param maxBytes - Longest text that is read.
 * @throws {Fault} `file_too_large`, `file_not_utf8`. The message never quotes the content.
 */
export async function readTextStream(
  name: string,
  stream: AsyncIterable<unknown>,
  maxBytes: number,
): Promise<string> {
  return textOf(name, await readBounded(stream, maxBytes), maxBytes);
}

// The size that a file system reports is no bound: pipes and files in /proc report zero.
async function readUpTo(path: string, maxBytes: number): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, 'r');
    const stream = file.createReadStream({ end: maxBytes, autoClose: false });
    return await readBounded(stream, maxBytes);
  } catch (cause) {
    throw new Fault('file_unreadable', `${path} cannot be read`, { cause, retryable: true });
  }
}

function textOf(name: string, bytes: Buffer | undefined, maxBytes: number): string {
  if (bytes === undefined) {
    throw new Fault('file_too_large', `${name} holds more than ${maxBytes} bytes`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('file_not_utf8', `${name} is not UTF-8 text`, { cause });
  }
}
