import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partBinary } from '../harness/build-part.ts';
import { answersOk, sendRequest } from '../harness/http-request.ts';
import { freePort, tempFolder } from '../harness/places.ts';
import { startServer } from '../harness/processes.ts';
import type { RunningPrometheus } from '../harness/prometheus.ts';

/** The reloader that the operator puts beside Prometheus. */
export interface ConfigReloader extends AsyncDisposable {
  /** What `/metrics` answers. */
  readonly metrics: () => Promise<string>;
  /** Replaces the configuration that it hands on. */
  readonly write: (config: string | Buffer) => Promise<void>;
}

/** Starts it for a Prometheus, to which it hands what it is given once that changes. */
export async function startConfigReloader({ url }: RunningPrometheus): Promise<ConfigReloader> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = await tempFolder('config-reloader');
    stack.defer(folder.remove);
    const config = join(folder.path, 'generated.yaml');
    await writeFile(config, 'scrape_configs: []\n');
    const own = `127.0.0.1:${await freePort()}`;
    const server = await startServer({
      program: await partBinary('prometheus-config-reloader'),
      args: [
        `--config-file=${config}`,
        `--config-envsubst-file=${join(folder.path, 'filled-in.yaml')}`,
        `--listen-address=${own}`,
        `--reload-url=${url}/-/reload`,
        `--runtimeinfo-url=${url}/api/v1/status/runtimeinfo`,
        '--watch-interval=1s',
        '--delay-interval=100ms',
      ],
      folder: folder.path,
      logFile: join(folder.path, 'config-reloader.log'),
      env: { POD_NAME: 'prometheus-tenancy-0' },
      isReady: () => answersOk(`http://${own}/metrics`),
    });
    stack.defer(server.stop);
    const disposal = stack.move();
    return {
      metrics: async () => (await sendRequest({ url: `http://${own}/metrics` })).text,
      write: (given) => writeFile(config, given),
      [Symbol.asyncDispose]: () => disposal.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
