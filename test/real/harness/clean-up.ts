import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';

/**
 * Processes and folders must go whatever ends this process: a normal exit, an exception, Ctrl-C,
 * even SIGKILL. Handlers of `exit` and of signals cannot promise that, and inside Jest they are
 * never called, for a test file sees a copy of `process`. So a second process, the reaper, is told
 * what exists, and clears it away when the pipe between the two closes.
 */

interface Reaper {
  readonly child: ChildProcess;
  readonly tell: (line: string) => void;
}

let reaper: Reaper | undefined;
const guarded = new Set<string>();

/**
 * Has a child process stopped if this process ends first.
 *
 * @returns Call it once the child has ended, for its identifier may be used again.
 */
export function guardProcess(pid: number): () => void {
  return guard(`process ${pid}`);
}

/**
 * Has a folder, or a file, removed if this process ends first.
 *
 * @returns Call it once the folder is gone.
 */
export function guardFolder(folder: string): () => void {
  return guard(`folder ${folder}`);
}

function guard(what: string): () => void {
  reaper ??= startReaper();
  guarded.add(what);
  reaper.tell(`+${what}`);
  return () => {
    if (guarded.delete(what)) {
      reaper?.tell(`-${what}`);
    }
    if (guarded.size === 0) {
      reaper?.child.stdin?.end();
      reaper = undefined;
    }
  };
}

function startReaper(): Reaper {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'reaper.ts')], {
    // A process group of its own: Ctrl-C in a terminal reaches every process of the group.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  child.unref();
  const pipe = child.stdin;
  // The reaper must not keep this process alive, neither by existing nor by being written to.
  if (pipe instanceof Socket) {
    pipe.unref();
  }
  // Losing the reaper loses only the clean-up after a crash, which is no reason to fail a test.
  child.on('error', () => undefined);
  pipe.on('error', () => undefined);
  return { child, tell: (line) => void pipe.write(`${line}\n`) };
}
