// Writes the generated documents, or with --check compares them with what is there.
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { format, resolveConfig } from 'prettier';
import { ADMISSION_PAGE } from './pages/admission.ts';
import { ATTACKS_PAGE } from './pages/attacks.ts';
import { COMMAND_LINE_PAGE } from './pages/command-line.ts';
import { CONFIGURATION_PAGE } from './pages/configuration.ts';
import { CONSTRUCTS_PAGE } from './pages/constructs.ts';
import { ENDPOINTS_PAGE } from './pages/endpoints.ts';
import { ERRORS_PAGE } from './pages/errors.ts';
import { METRICS_PAGE } from './pages/metrics.ts';
import { MIGRATION_PAGE } from './pages/migration.ts';
import { PLATFORM_PAGE } from './pages/platform.ts';
import { SIZING_PAGE } from './pages/sizing.ts';

const PAGES = [
  ADMISSION_PAGE,
  ATTACKS_PAGE,
  COMMAND_LINE_PAGE,
  CONFIGURATION_PAGE,
  CONSTRUCTS_PAGE,
  ENDPOINTS_PAGE,
  ERRORS_PAGE,
  METRICS_PAGE,
  MIGRATION_PAGE,
  PLATFORM_PAGE,
  SIZING_PAGE,
];

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const page of PAGES) {
  const file = new URL(page.file, import.meta.url);
  const style = await resolveConfig(file);
  const text = await format(await page.markdown(), { ...style, parser: 'markdown' });
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present === text) continue;
  if (isCheck) stale.push(page.file);
  else await writeFile(file, text);
}
if (stale.length > 0) {
  process.stderr.write(`not up to date, run npm run docs: ${stale.join(', ')}\n`);
  process.exitCode = 1;
}
