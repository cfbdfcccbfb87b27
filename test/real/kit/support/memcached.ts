import { join } from 'node:path';
import { createConnection } from 'node:net';
import process from 'node:process';
import { listAt, type Manifest, only } from '../../../lib/support/manifests.ts';
import { freePort, tempFolder } from '../../harness/places.ts';
import { startServer } from '../../harness/processes.ts';
import { systemProgram } from '../../harness/system-program.ts';

/** A memcached that takes connections. */
export interface RunningMemcached {
  /** Host and port. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** Starts memcached with the arguments of its pod, but for the port. */
export async function startMemcached(manifests: readonly Manifest[]): Promise<RunningMemcached> {
  const program = await systemProgram('memcached');
  const { spec } = only(manifests, 'StatefulSet', 'thanos-memcached');
  const args = listAt(spec, 'template', 'spec', 'containers', 0, 'args').map(String);
  const port = await freePort();
  const folder = await tempFolder('memcached');
  const server = await startServer({
    program,
    args: [
      ...args.map((it) => it.replace(/^--port=.*/, `--port=${port}`)),
      '--listen=127.0.0.1',
      // It refuses to run as root, which tests in containers are.
      ...(process.getuid?.() === 0 ? ['--user=nobody'] : []),
    ],
    folder: folder.path,
    logFile: join(folder.path, 'memcached.log'),
    isReady: () => accepts(port),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await folder.remove();
  };
  return { address: `127.0.0.1:${port}`, stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
