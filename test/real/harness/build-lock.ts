import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guardFolder } from './clean-up.ts';
import { poll } from './poll.ts';

const WAIT_MS = 60 * 60_000;

/**
 * Runs an action while no other process on this machine runs one for the same folder.
 *
 * The lock is a file with the identifier of the process that holds it. A lock whose process has
 * ended is taken over. Should two processes take one over at the same moment, both run the action.
 */
export async function withBuildLock(folder: string, action: () => Promise<void>): Promise<void> {
  const lock = join(folder, 'lock');
  const candidate = `${lock}.${process.pid}`;
  await writeFile(candidate, String(process.pid));
  try {
    await poll(() => take(candidate, lock), { what: `the lock ${lock}`, withinMs: WAIT_MS });
  } finally {
    await rm(candidate, { force: true });
  }
  const release = guardFolder(lock);
  try {
    await action();
  } finally {
    await rm(lock, { force: true });
    release();
  }
}

/** Makes the lock by linking, for only that makes a file together with its content. */
async function take(candidate: string, lock: string): Promise<true> {
  try {
    await link(candidate, lock);
    return true;
  } catch (error) {
    if (await isAbandoned(lock)) {
      await rm(lock, { force: true });
    }
    throw error;
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner === 0) {
    return false;
  }
  try {
    process.kill(owner, 0);
    return false;
  } catch {
    return true;
  }
}
