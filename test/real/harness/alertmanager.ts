import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partBinary } from './build-part.ts';
import { answersOk } from './http-request.ts';
import { freePort, tempFolder } from './places.ts';
import { startServer } from './processes.ts';

/** An Alertmanager that is ready. */
export interface RunningAlertmanager {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly logFile: string;
  /** Stops the server and removes its data. */
  readonly stop: () => Promise<void>;
}

const NO_NOTIFICATIONS = 'route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n';

/**
 * Starts an Alertmanager of its own, without peers, on a free port of 127.0.0.1.
 *
 * @param config - The configuration file, as YAML; without it nobody is notified.
 */
export async function startAlertmanager(
  config: string = NO_NOTIFICATIONS,
): Promise<RunningAlertmanager> {
  const program = await partBinary('alertmanager');
  const folder = await tempFolder('alertmanager');
  try {
    const configFile = join(folder.path, 'alertmanager.yaml');
    const logFile = join(folder.path, 'alertmanager.log');
    await writeFile(configFile, config);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
      program,
      args: [
        `--config.file=${configFile}`,
        `--storage.path=${join(folder.path, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      folder: folder.path,
      logFile,
      isReady: () => answersOk(`${url}/-/ready`),
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await folder.remove();
    };
    return { url, logFile, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
