import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests that one connection may have under way. No client of the Prometheus API pipelines. */
export const MAX_PIPELINED = 8;

interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Which requests each connection has under way: those whose answer is not yet out. */
export class RequestsUnderWay {
  readonly #byConnection = new WeakMap<Duplex, Set<UnderWay>>();

  /**
   * Notes a request until its answer is out.
   *
   * @returns Whether the connection may have one more.
   */
  enter(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const underWay = this.#byConnection.get(socket) ?? new Set();
    if (underWay.size >= MAX_PIPELINED) return false;
    const entry = { request, response };
    underWay.add(entry);
    this.#byConnection.set(socket, underWay);
    response.once('close', () => {
      underWay.delete(entry);
    });
    return true;
  }

  /**
   * Whether an answer written to the bare connection now would be taken for that of the request the
   * client is still sending: no other request waits for its answer, and none has one begun.
   */
  canAnswer(connection: Duplex): boolean {
    const underWay = [...(this.#byConnection.get(connection) ?? [])];
    return underWay.every(({ request, response }) => !request.complete && !response.headersSent);
  }
}
