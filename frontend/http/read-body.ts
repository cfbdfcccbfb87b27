import type { IncomingMessage } from 'node:http';
import { accept, refuse, type Result } from '../result.ts';
import type { RequestRejection } from './request-rejection.ts';

/**
 * Reads a request body, one character a byte.
 *
 * The declared length is checked before a byte is read. Over the limit nothing more is read; the
 * connection has to be closed after the answer.
 *
 * @param askForBody - Called when the declared length is right, before a byte is awaited.
 * @throws {Error} If the client goes away in the middle.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  askForBody: () => void,
): Promise<Result<string, RequestRejection>> {
  const tooLarge = refuse({ code: 'body_too_large', limitBytes } as const);
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return tooLarge;
  askForBody();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) return tooLarge;
    chunks.push(chunk);
  }
  return accept(Buffer.concat(chunks).toString('latin1'));
}
