import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed, with all in it, at the end of the scope that holds it. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file into it and returns the file's path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

/** Makes a folder for one test. */
export async function tempFolder(): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), 'tenancy-test-'));
  return {
    path,
    write: async (name, content) => {
      const file = join(path, name);
      await writeFile(file, content);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
