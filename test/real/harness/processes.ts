import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { guardProcess } from './clean-up.ts';
import { poll } from './poll.ts';

const TAIL_LINES = 30;

/** A program that serves until it is told to stop. */
export interface ServerOptions {
  /** Path of the executable file. It is run without a shell. */
  readonly program: string;
  readonly args: readonly string[];
  /** Its working folder. */
  readonly folder: string;
  /** Where its output goes. It is appended to, so that a restarted server keeps its history. */
  readonly logFile: string;
  /** Says whether the server is ready. Throwing means no. */
  readonly isReady: () => Promise<boolean>;
  /** Time the server may take to be ready, in milliseconds. @defaultValue 60_000 */
  readonly readyWithinMs?: number;
  /** Time from SIGTERM to SIGKILL when it is stopped, in milliseconds. @defaultValue 10_000 */
  readonly graceMs?: number;
  /** Variables added to this process' environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A server that is ready. */
export interface RunningServer {
  readonly pid: number;
  readonly logFile: string;
  /** Stops the server and waits until the process has ended. Further calls do nothing. */
  readonly stop: () => Promise<void>;
}

/** Starts a server and waits until it is ready. If it does not get there, nothing of it remains. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.program, options.args, {
    cwd: options.folder,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.env },
  });
  closeSync(log);
  // A server that a failed test never stops must not keep Jest from ending, and being cleaned up.
  child.unref();
  const pid = await spawned(child);
  const name = basename(options.program);
  const stop = (): Promise<void> => stopChild(child, options.graceMs ?? 10_000);
  try {
    await poll(async () => ((await options.isReady()) ? true : undefined), {
      what: `${name} to be ready`,
      ...(options.readyWithinMs === undefined ? {} : { withinMs: options.readyWithinMs }),
      check: () => {
        if (hasEnded(child)) {
          throw new Error(`${name} ended with ${child.signalCode ?? `code ${child.exitCode}`}`);
        }
      },
    });
  } catch (error) {
    await stop();
    throw new Error(`starting ${name}; its log ends with:\n${await logTail(options.logFile)}`, {
      cause: error,
    });
  }
  return { pid, logFile: options.logFile, stop };
}

/** What a program that ran to its end left behind. */
export interface ProgramResult {
  /** The exit code, or `null` when a signal ended the program. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program that runs to its end is given. */
export interface ProgramOptions {
  /** @defaultValue nothing: the program reads an empty input */
  readonly stdin?: string;
  /** Its working folder. @defaultValue the folder of this process */
  readonly folder?: string;
  /** Variables added to this process' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Time after which the program is stopped, in milliseconds. @defaultValue 120_000 */
  readonly timeoutMs?: number;
}

/** Runs a program, without a shell, to its end. Failing is a result; only not starting throws. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
    timeout: options.timeoutMs ?? 120_000,
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  // A program may end without having read all of its input; its exit code says what that means.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  await spawned(child);
  await closed;
  return { exitCode: child.exitCode, ...output };
}

/** Waits until a child process exists, has it cleaned up after a crash, and gives its identifier. */
export async function spawned(child: ChildProcess): Promise<number> {
  const pid = child.pid;
  if (pid === undefined) {
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  }
  const release = guardProcess(pid);
  child.once('exit', release);
  return pid;
}

/** Asks a child process to end, insists after a grace time, and waits until it has ended. */
export async function stopChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (hasEnded(child)) {
    return;
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.ref();
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(insist);
}

/** Says whether a child process has ended. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function logTail(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
  return lines.slice(-TAIL_LINES).join('\n');
}
