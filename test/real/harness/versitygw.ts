import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { partBinary } from './build-part.ts';
import { sendRequest } from './http-request.ts';
import { freePort, tempFolder } from './places.ts';
import { startServer } from './processes.ts';

/** The keys with which an object store is opened. */
export interface ObjectStoreKeys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A running object store that speaks S3. */
export interface RunningObjectStore {
  /** Its host and port, without a scheme. It speaks plain HTTP. */
  readonly endpoint: string;
  /** The folder of the objects of each bucket. */
  readonly bucketFolder: (bucket: string) => string;
  readonly logFile: string;
  /** Stops the server and removes the objects. */
  readonly stop: () => Promise<void>;
}

/** Starts an object store with these buckets on a free port of 127.0.0.1. */
export async function startVersitygw(
  buckets: readonly string[],
  keys: ObjectStoreKeys,
): Promise<RunningObjectStore> {
  const program = await partBinary('versitygw');
  const folder = await tempFolder('versitygw');
  try {
    const objects = join(folder.path, 'objects');
    const bucketFolder = (bucket: string): string => join(objects, bucket);
    for (const bucket of buckets) await mkdir(bucketFolder(bucket), { recursive: true });
    const port = await freePort();
    const endpoint = `127.0.0.1:${port}`;
    const logFile = join(folder.path, 'versitygw.log');
    const server = await startServer({
      program,
      args: ['--port', endpoint, 'posix', objects],
      env: { ROOT_ACCESS_KEY: keys.accessKey, ROOT_SECRET_KEY: keys.secretKey },
      folder: folder.path,
      logFile,
      // Whatever it answers, it listens; who shows no key is refused.
      isReady: async () => (await sendRequest({ url: `http://${endpoint}/` })).status > 0,
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await folder.remove();
    };
    return { endpoint, bucketFolder, logFile, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
