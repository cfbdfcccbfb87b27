import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, tempFolder, type TempFolder } from './places.ts';
import { poll } from './poll.ts';
import { runProgram, startServer } from './processes.ts';

let folder: TempFolder;

beforeAll(async () => {
  folder = await tempFolder('processes');
});

afterAll(() => folder.remove());

describe('startServer', () => {
  it('stops a server that ignores SIGTERM', async () => {
    const logFile = join(folder.path, 'deaf.log');
    const server = await startServer({
      program: process.execPath,
      args: [
        '-e',
        `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf')`,
      ],
      folder: folder.path,
      logFile,
      isReady: async () => (await readFile(logFile, 'utf8')).includes('deaf'),
      graceMs: 100,
    });
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('says how a server ended that never became ready, with the end of its log', async () => {
    const starting = startServer({
      program: process.execPath,
      args: ['-e', `console.error('no such disk'); process.exit(3)`],
      folder: folder.path,
      logFile: join(folder.path, 'broken.log'),
      isReady: () => Promise.resolve(false),
    });
    await expect(starting).rejects.toMatchObject({
      message: expect.stringContaining('no such disk'),
      cause: { message: expect.stringContaining('ended with code 3') },
    });
  });

  it('stops a server that is not ready in time', async () => {
    const starting = startServer({
      program: process.execPath,
      args: ['-e', `console.log('pid ' + process.pid); setInterval(() => {}, 1000)`],
      folder: folder.path,
      logFile: join(folder.path, 'slow.log'),
      isReady: () => Promise.resolve(false),
      readyWithinMs: 1_000,
    });
    const message = await starting.then(String, String);
    const pid = Number(/pid (\d+)/.exec(message)?.[1]);
    expect(isAlive(pid)).toBe(false);
  });

  it('refuses a program that does not exist', async () => {
    const starting = startServer({
      program: join(folder.path, 'nothing'),
      args: [],
      folder: folder.path,
      logFile: join(folder.path, 'nothing.log'),
      isReady: () => Promise.resolve(true),
    });
    await expect(starting).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('runProgram', () => {
  it('gives the exit code and both outputs, and takes an input', async () => {
    const script = `process.stdin.pipe(process.stdout); console.error('e'); process.exitCode = 4`;
    const result = await runProgram(process.execPath, ['-e', script], { stdin: 'given' });
    expect(result).toEqual({ exitCode: 4, stdout: 'given', stderr: 'e\n' });
  });
});

describe('a process that is killed', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'leaves neither servers nor folders behind after %s',
    async (signal) => {
      const script = join(import.meta.dirname, 'abandon-server.ts');
      const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const line = await new Promise<string>((resolve) =>
        owner.stdout.setEncoding('utf8').once('data', resolve),
      );
      const [pid, left] = line.trim().split(' ');
      expect(isAlive(Number(pid))).toBe(true);
      owner.kill(signal);
      await poll(
        async () => (isAlive(Number(pid)) || existsSync(String(left)) ? undefined : true),
        { what: 'the clean-up', withinMs: 15_000 },
      );
    },
  );
});

describe('freePort', () => {
  it('never gives a port twice', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, freePort));
    expect(new Set(ports).size).toBe(ports.length);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
