import { partBinary } from './build-part.ts';
import { answersOk } from './http-request.ts';
import { freePort, tempFolder } from './places.ts';
import { startServer } from './processes.ts';

/** A prom-label-proxy that is ready. */
export interface RunningLabelProxy {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts a prom-label-proxy that enforces the label `namespace` before an upstream. */
export async function startLabelProxy(
  upstreamUrl: string,
  flags: readonly string[] = [],
): Promise<RunningLabelProxy> {
  const program = await partBinary('prom-label-proxy');
  const folder = await tempFolder('prom-label-proxy');
  try {
    const address = `127.0.0.1:${await freePort()}`;
    const url = `http://${address}`;
    const server = await startServer({
      program,
      args: [
        `-insecure-listen-address=${address}`,
        `-upstream=${upstreamUrl}`,
        '-label=namespace',
        '-enable-label-apis',
        ...flags,
      ],
      folder: folder.path,
      logFile: `${folder.path}/prom-label-proxy.log`,
      isReady: () => answersOk(`${url}/healthz`),
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await folder.remove();
    };
    return { url, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
