import type { Readable } from 'node:stream';
import { Fault } from '../fault.ts';
import type { ResponseBytesRejection } from '../limits/rejection.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** Refuses an answer that is longer than `limit` bytes by its own account, and drops its body. */
export function checkLength(
  { contentLength = 0, body }: UpstreamAnswer,
  limit: number,
): ResponseBytesRejection | undefined {
  if (contentLength <= limit) return undefined;
  body.destroy();
  return { code: 'limit_response_bytes', limit, value: contentLength };
}

/**
 * Breaks a body off that turns out to be longer than `limit` bytes. Whoever reads it must begin in
 * the same turn of the event loop.
 */
export function limitBytes(body: Readable, limit: number): void {
  let bytes = 0;
  body.on('data', (chunk: Buffer | string) => {
    bytes += chunk.length;
    if (bytes <= limit || body.destroyed) return;
    body.destroy(new Fault('limit_response_bytes', `read an answer of at most ${limit} bytes`));
  });
}
