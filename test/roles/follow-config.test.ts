import { readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accept, refuse, type Result } from '../../frontend/result.ts';
import { followConfig, type FollowedConfig } from '../../frontend/roles/follow-config.ts';
import { type TempFolder, tempFolder } from '../adapters/temp-folder.ts';
import { eventually } from '../http/harness/eventually.ts';

interface Config {
  readonly value: string;
}

let folder: TempFolder;
let file: string;
let followed: FollowedConfig;
let loads: number;
let applied: string[];
let outcomes: string[];
let log: string[];
let failure: Error | undefined;

async function load(): Promise<Result<Config, readonly string[]>> {
  loads += 1;
  const text = await readFile(file, 'utf8');
  return text.startsWith('wrong') ? refuse([`${text}: no`]) : accept({ value: text });
}

// At once, as tools do that know of readers.
async function put(text: string): Promise<void> {
  await rename(await folder.write('next', text), file);
}

function follow(checkMs: number, settleMs = 0): void {
  followed = followConfig<Config>({
    file,
    running: { value: 'first' },
    load,
    checkMs,
    settleMs,
    role: {
      reconfigure: async ({ value }) => {
        if (failure !== undefined) throw failure;
        applied.push(value);
        return [];
      },
      reloadFinished: (outcome) => outcomes.push(outcome),
    },
    log: (_level, event) => log.push(event),
  });
}

beforeEach(async () => {
  folder = await tempFolder();
  file = await folder.write('config', 'first');
  loads = 0;
  applied = [];
  outcomes = [];
  log = [];
  failure = undefined;
});

afterEach(async () => {
  await followed.stop();
  await folder[Symbol.asyncDispose]();
});

const applies = (...values: readonly string[]): Promise<void> =>
  eventually(
    () => applied.join(),
    (text) => text === values.join(),
  );

describe('followConfig', () => {
  it('takes a change over once', async () => {
    follow(5);
    await put('second');
    await applies('second');
    await sleep(30);
    expect({ applied, outcomes, log }).toEqual({
      applied: ['second'],
      outcomes: ['applied'],
      log: ['config_reloaded'],
    });
  });

  it('does nothing about a file that stays as it was', async () => {
    follow(5);
    await sleep(40);
    expect({ loads, outcomes }).toEqual({ loads: 1, outcomes: [] });
  });

  it('says once what is wrong, and keeps what works', async () => {
    follow(5);
    await put('wrong');
    await eventually(
      () => outcomes.length,
      (count) => count > 0,
    );
    await sleep(30);
    expect({ applied, outcomes, log }).toEqual({
      applied: [],
      outcomes: ['refused'],
      log: ['config_refused'],
    });
  });

  it('takes note of a file that says again what is in use', async () => {
    follow(5);
    await put('wrong');
    await eventually(
      () => outcomes.length,
      (count) => count === 1,
    );
    await put('first');
    await eventually(
      () => outcomes.length,
      (count) => count === 2,
    );
    expect({ applied, outcomes }).toEqual({ applied: [], outcomes: ['refused', 'applied'] });
  });

  it('tries again what could not be started, and says so once', async () => {
    failure = new Error('not yet');
    follow(5);
    await put('second');
    await eventually(
      () => outcomes.length,
      (count) => count > 2,
    );
    expect(log).toEqual(['config_failed']);
    failure = undefined;
    await applies('second');
    expect(log).toEqual(['config_failed', 'config_reloaded']);
  });

  it('outlives a file that is away', async () => {
    follow(5);
    await rm(file);
    await eventually(
      () => outcomes.length,
      (count) => count > 0,
    );
    await put('first');
    await eventually(
      () => outcomes.at(-1),
      (outcome) => outcome === 'applied',
    );
    expect({ applied, log }).toEqual({ applied: [], log: ['config_failed', 'config_reloaded'] });
  });

  it('takes the file anew on demand, changed or not', async () => {
    follow(1_000_000);
    await Promise.all([followed.reload(), followed.reload()]);
    expect(applied).toEqual(['first', 'first']);
  });

  it('leaves a file alone while it is being written', async () => {
    follow(5, 60);
    await put('half');
    await sleep(30);
    await put('half and half');
    await applies('half and half');
  });

  it('ends', async () => {
    follow(5);
    await followed.stop();
    await put('second');
    await followed.reload();
    await sleep(20);
    expect(applied).toEqual([]);
  });
});
