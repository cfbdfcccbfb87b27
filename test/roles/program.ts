import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { PROJECT } from '../support/source-files.ts';

/** How a run of the program ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The program at work. */
export interface RunningProgram extends AsyncDisposable {
  /** The lines of its log so far. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Waits for an event in the log. Rejects when the program ends without it. */
  event(name: string): Promise<Readonly<Record<string, unknown>>>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** Starts the program from its sources. */
export function startProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  const child = spawn(process.execPath, [join(PROJECT, 'frontend/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const log: Readonly<Record<string, unknown>>[] = [];
  const lines: string[] = [];
  const wakers = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (line.startsWith('{')) log.push(JSON.parse(line) as Record<string, unknown>);
    for (const wake of wakers) wake();
  });
  const ended = Promise.all([
    new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    }),
    text(child.stderr),
  ]).then(([exitCode, errors]) => ({ exitCode, output: lines.join('\n'), errors }));
  return {
    log,
    event: (name) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const line = log.find(({ event }) => event === name);
          if (line === undefined) return;
          wakers.delete(check);
          resolve(line);
        };
        wakers.add(check);
        void ended.then(({ errors }) => {
          reject(new Error(`the program ended without ${name}: ${errors}`));
        });
        check();
      }),
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs the program to its end. */
export async function runProgram(...args: readonly string[]): Promise<Ended> {
  await using program = startProgram(args);
  return await program.ended;
}
