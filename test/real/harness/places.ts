import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './clean-up.ts';

/** A folder that is removed by {@link TempFolder.remove}, or at the latest when this process ends. */
export interface TempFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Creates an empty folder below the system's folder for temporary files. */
export async function tempFolder(purpose: string): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), `tenancy-kit-${purpose}-`));
  const release = guardFolder(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      release();
    },
  };
}

// Below the ports that systems hand out to outgoing connections: one of those could take the port
// between the moment it is found and the moment the program listens on it.
const FIRST_PORT = 15_000;
const PORT_COUNT = 17_000;

const givenPorts = new Set<number>();

/** Finds a port on which nothing listens on 127.0.0.1, and never the same one twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
    if (!givenPorts.has(port) && (await canListen(port))) {
      givenPorts.add(port);
      return port;
    }
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
