import { join } from 'node:path';
import { partBinary } from './build-part.ts';
import { answersOk } from './http-request.ts';
import { freePort } from './places.ts';
import { startServer } from './processes.ts';

/** An etcd server that is ready. */
export interface RunningEtcd {
  readonly clientUrl: string;
  readonly stop: () => Promise<void>;
}

/** Starts an etcd server that keeps its data and its log below a folder of the caller's. */
export async function startEtcd(folder: string): Promise<RunningEtcd> {
  const program = await partBinary('etcd');
  const clientUrl = `http://127.0.0.1:${await freePort()}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const server = await startServer({
    program,
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      // The data need not survive a power failure, and fsync is slow.
      '--unsafe-no-fsync',
    ],
    folder,
    logFile: join(folder, 'etcd.log'),
    isReady: () => answersOk(`${clientUrl}/health`),
  });
  return { clientUrl, stop: server.stop };
}
