import type http from 'node:http';
import type https from 'node:https';
import type { UpstreamTls } from './upstream-credentials.ts';

/**
 * Kept connections to one upstream. Those that were made with certificates of before are not used
 * for new requests, and closed as soon as they are idle.
 */
export class UpstreamAgents {
  readonly #transport: typeof http | typeof https;
  readonly #maxSockets: number;
  #current: { readonly tls: UpstreamTls; readonly agent: http.Agent } | undefined;

  constructor(transport: typeof http | typeof https, maxSockets: number) {
    this.#transport = transport;
    this.#maxSockets = maxSockets;
  }

  /** The connections that go with these settings. */
  agentFor(tls: UpstreamTls): http.Agent {
    if (this.#current?.tls === tls) return this.#current.agent;
    if (this.#current !== undefined) retire(this.#current.agent);
    const agent = new this.#transport.Agent({
      keepAlive: true,
      maxSockets: this.#maxSockets,
      scheduling: 'lifo',
    });
    this.#current = { tls, agent };
    return agent;
  }

  /** Closes every connection. */
  close(): void {
    this.#current?.agent.destroy();
  }
}

// To destroy it would break off what is under way.
function retire(agent: http.Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
