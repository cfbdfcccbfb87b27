import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partBinary } from './build-part.ts';
import { answersOk } from './http-request.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import { freePort, tempFolder } from './places.ts';
import { type ProgramResult, runProgram, startServer } from './processes.ts';

/** What a Prometheus server is started with. */
export interface PrometheusOptions {
  /** The configuration file, as YAML. @defaultValue one that scrapes nothing */
  readonly config?: string;
  /** Series to be stored before the server starts, in the OpenMetrics text format. */
  readonly openMetrics?: string;
  /** Further command line flags. */
  readonly flags?: readonly string[];
  /** Which build. The plain one knows no discovery but static. @defaultValue 'prometheus' */
  readonly part?: 'prometheus' | 'prometheus-kubernetes';
  /** The network that it runs in. @defaultValue that of this machine */
  readonly network?: NetworkNamespace;
}

/** A Prometheus server that is ready. */
export interface RunningPrometheus {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Change it and POST to `/-/reload` to have it read again. */
  readonly configFile: string;
  readonly logFile: string;
  /** Stops the server and removes its data. */
  readonly stop: () => Promise<void>;
}

const NO_SCRAPES = 'scrape_configs: []\n';

/** Starts a Prometheus server on a free port of 127.0.0.1. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<RunningPrometheus> {
  const program = await partBinary(options.part ?? 'prometheus');
  const folder = await tempFolder('prometheus');
  try {
    const dataDir = join(folder.path, 'data');
    const configFile = join(folder.path, 'prometheus.yaml');
    const logFile = join(folder.path, 'prometheus.log');
    await mkdir(dataDir);
    await writeFile(configFile, options.config ?? NO_SCRAPES);
    if (options.openMetrics !== undefined) {
      await storeSeries(options.openMetrics, folder.path, dataDir);
    }
    const port = options.network?.entrance ?? (await freePort());
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${dataDir}`,
      // Stored series may carry any time stamp; none of them is too old.
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      ...(options.flags ?? []),
    ];
    const server = await startServer({
      ...(options.network?.command(program, args) ?? { program, args }),
      folder: folder.path,
      logFile,
      isReady: () => answersOk(`${url}/-/ready`),
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await folder.remove();
    };
    return { url, port, dataDir, configFile, logFile, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Runs promtool to its end. */
export async function promtool(args: readonly string[], stdin = ''): Promise<ProgramResult> {
  return runProgram(await partBinary('promtool'), args, { stdin });
}

async function storeSeries(openMetrics: string, folder: string, dataDir: string): Promise<void> {
  const file = join(folder, 'series.om');
  await writeFile(file, openMetrics);
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, dataDir];
  const { exitCode, stdout, stderr } = await promtool(args);
  if (exitCode !== 0) {
    throw new Error(`promtool ${args.join(' ')}: ${stderr}${stdout}`);
  }
}
