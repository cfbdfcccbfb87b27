import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** Where connections are taken or made: a port of an address, or a socket in the file system. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** Connections to one place that go on to another one. */
export interface Passage {
  readonly from: Place;
  readonly to: Place;
}

/** A passage that takes connections. */
export interface OpenPassage {
  /** Ends it and its connections. */
  readonly close: () => void;
}

/** Opens a passage. It keeps no process alive. */
export async function openPassage({ from, to }: Passage): Promise<OpenPassage> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.unref().once('close', () => sockets.delete(socket));
  };
  // Each side may have said all it has to say while the other one still talks.
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    const outgoing = connect({ ...to, allowHalfOpen: true });
    // What breaks on one side is over on the other one, too, and that is all there is to it.
    for (const ends of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      pipeline(keep(ends[0]), ends[1], () => undefined);
    }
  });
  await listen(server, from);
  return {
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function listen(server: Server, place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, () => resolve());
    server.unref();
  });
}
