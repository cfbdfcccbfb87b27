import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { PROJECT } from '../../support/source-files.ts';
import { systemProgram } from './system-program.ts';

// It runs as root in containers, where there is no sandbox, and asks its maker for nothing.
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser without windows. Close it at the end. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await systemProgram('chromium'),
    headless: true,
    args: ARGS,
  });
}

/** Keeps a picture of a page below `build/test-output/`, for people. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const path = join(PROJECT, 'build/test-output', `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path });
}
