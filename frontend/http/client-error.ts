import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerHeaders } from './answer-headers.ts';
import { renderRejection } from './render-rejection.ts';
import type { RequestRejection } from './request-rejection.ts';

/** How long a client may take to read its last answer before the connection is cut, in milliseconds. */
const LINGER_MS = 1_000;

/** Why bytes that are no request were refused, or `undefined` where no answer can be given. */
export function readClientError(code: string | undefined): RequestRejection | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'headers_too_large' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'request_timeout' };
  // Everything else comes from the connection or from TLS, where HTTP has no say.
  return code?.startsWith('HPE_') === true
    ? { code: 'request_malformed', problem: 'http' }
    : undefined;
}

/** Answers on the bare connection: the parser refused the bytes, so there is no response object. */
export function answerClientError(connection: Duplex, rejection: RequestRejection): void {
  const requestId = randomUUID();
  const { status, body } = renderRejection(rejection, requestId);
  const headers = {
    ...answerHeaders(requestId),
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`,
  );
  // The client need not close its half, and closing ours at once could take the answer back.
  setTimeout(() => {
    connection.destroy();
  }, LINGER_MS).unref();
}
