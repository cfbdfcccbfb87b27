import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests that one connection may have under way. No client of the Prometheus API pipelines. */
const MAX_PIPELINED = 8;

interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Which requests each connection has under way: those whose answer is not yet out. And on which
 * connections a caller was identified: the others are not kept, or strangers could take all places.
 */
export class RequestsUnderWay {
  readonly #byConnection = new WeakMap<Duplex, Set<UnderWay>>();
  readonly #identified = new WeakSet<Duplex>();

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

  /** Whether a request came on the connection yet, whatever became of it. */
  hasBegun(connection: Duplex): boolean {
    return this.#byConnection.has(connection);
  }

  /** Whether every answer on a connection is out. */
  isIdle(connection: Duplex): boolean {
    return (this.#byConnection.get(connection)?.size ?? 0) === 0;
  }

  /** Notes that the caller of a request was identified. */
  identified({ socket }: IncomingMessage): void {
    this.#identified.add(socket);
  }

  /** Whether the connection of a request may stay open once its answer is out. */
  mayStay(request: IncomingMessage): boolean {
    const { socket } = request;
    if (this.#identified.has(socket)) return true;
    // Of pipelined requests the first decides: its answer is the first to go out.
    const [first] = this.#byConnection.get(socket) ?? [];
    return first !== undefined && first.request !== request;
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
