import type { Socket } from 'node:net';
import type { ConnectionsRejection } from '../limits/rejection.ts';
import { accept, refuse, type Result } from '../result.ts';

/**
 * Which connections belong to which caller: to that of its latest request, since a proxy may carry
 * requests of many over one. Addresses are not looked at: behind a proxy all callers share them.
 *
 * A caller who has as many as allowed gets another one in the place of the one that is idle longest.
 */
export class CallerConnections {
  readonly #limit: number;
  readonly #isIdle: (connection: Socket) => boolean;
  // In the order of their latest requests.
  readonly #byCaller = new Map<string, Set<Socket>>();
  readonly #callers = new WeakMap<Socket, string>();

  /** @param limit - Connections of one caller. At least 1. */
  constructor(limit: number, isIdle: (connection: Socket) => boolean) {
    this.#limit = limit;
    this.#isIdle = isIdle;
  }

  /** Notes that a request on a connection is of a caller, unless all of theirs are busy. */
  take(connection: Socket, caller: string): Result<undefined, ConnectionsRejection> {
    // Nothing would tell when one that is closed already is to be forgotten.
    if (connection.destroyed) return accept(undefined);
    const own = this.#byCaller.get(caller) ?? new Set();
    if (!own.has(connection) && own.size >= this.#limit && !this.#closeIdle(own)) {
      return refuse({ code: 'limit_connections', limit: this.#limit, retryAfterSeconds: 1 });
    }
    if (this.#callers.has(connection)) this.#forget(connection);
    else {
      connection.once('close', () => {
        this.#forget(connection);
      });
    }
    own.add(connection);
    this.#byCaller.set(caller, own);
    this.#callers.set(connection, caller);
    return accept(undefined);
  }

  #closeIdle(own: ReadonlySet<Socket>): boolean {
    for (const connection of own) {
      if (!this.#isIdle(connection)) continue;
      this.#forget(connection);
      connection.destroySoon();
      return true;
    }
    return false;
  }

  #forget(connection: Socket): void {
    const caller = this.#callers.get(connection);
    if (caller === undefined) return;
    const own = this.#byCaller.get(caller);
    own?.delete(connection);
    if (own?.size === 0) this.#byCaller.delete(caller);
  }
}
