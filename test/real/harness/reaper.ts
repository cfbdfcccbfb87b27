/**
 * The program that {@link file://./clean-up.ts} starts. It reads lines such as `+process 42` and
 * `-folder /tmp/x`, and when its input ends it kills and removes what is still listed.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

// A process that has ended is still counted until the system's first process has taken note of it.
const END_MS = 2_000;
const POLL_MS = 50;

const processes = new Set<number>();
const folders = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const [, sign, kind, name] = /^([+-])(process|folder) (.+)$/.exec(line) ?? [];
  if (kind === 'process') {
    change(processes, sign, Number(name));
  } else if (kind === 'folder' && name !== undefined) {
    change(folders, sign, name);
  }
}

function change<T>(set: Set<T>, sign: string | undefined, value: T): void {
  if (sign === '+') {
    set.add(value);
  } else {
    set.delete(value);
  }
}

// Asked first, so that a program with children of its own, such as a build, can end them.
for (const name of ['SIGTERM', 'SIGKILL'] as const) {
  for (const pid of processes) {
    signal(pid, name);
  }
  const deadline = Date.now() + END_MS;
  while (Date.now() < deadline && [...processes].some((pid) => signal(pid, 0))) {
    await pause(POLL_MS);
  }
}
for (const folder of folders) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    // It has ended.
    return false;
  }
}
