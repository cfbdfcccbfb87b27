import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Most bytes of an unwanted body that are read and thrown away. They cost no memory, and 16 times
 * the largest `limits.bodyBytes` is more than a client sends by mistake.
 */
export const LINGER_BYTES = 16_777_216;

/** Longest time for that, in milliseconds: as long as a stranger gets to its first request. */
export const LINGER_MS = 5_000;

/** After so many milliseconds without a byte the client is taken to have read the answer. */
const LINGER_IDLE_MS = 1_000;

/**
 * Ends a response although the body of its request was not read. The answer goes out at once, and
 * the connection is closed behind it.
 *
 * A connection that is closed while bytes come in is reset, and a reset takes back an answer that the
 * other side has not read yet. So the rest of the body is read and thrown away, until it ends or one
 * of the bounds is reached.
 *
 * @param response - Its headers are sent; they say how long the body is.
 */
export function endUnread(request: IncomingMessage, response: ServerResponse, body: string): void {
  if (request.complete || request.destroyed) {
    response.end(body);
    return;
  }
  response.write(body);
  // Of pipelined requests, those before this one are answered first, however long that takes.
  if (response.socket !== null) discard(request, response);
  else {
    response.once('socket', () => {
      discard(request, response);
    });
  }
}

function discard(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  const cutOff = (): void => {
    request.socket.destroy();
  };
  const idle = setTimeout(cutOff, LINGER_IDLE_MS).unref();
  const patience = setTimeout(cutOff, LINGER_MS).unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) cutOff();
    else idle.refresh();
  });
  request.once('end', () => {
    response.end();
  });
  // Its client has left, which is all that was waited for.
  request.on('error', () => undefined);
  response.once('close', () => {
    clearTimeout(idle);
    clearTimeout(patience);
  });
  request.resume();
}
