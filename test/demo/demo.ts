// The product on this machine: the query frontend out of synthesised manifests, in front of a real
// Prometheus with two tenants. With --check it asserts what both see, and ends with 0 or 1.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { PartUnavailable } from '../real/harness/part-unavailable.ts';
import { checkInstallation, waitForSeries } from './check.ts';
import { printGuide } from './guide.ts';
import { type DemoInstallation, startInstallation } from './installation.ts';

/** The exit code after Ctrl-C during the start, by the custom of shells. */
const INTERRUPTED = 130;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function demo(isCheck: boolean): Promise<number> {
  const interrupted = interruption();
  const installation = await Promise.race([startInstallation(say), interrupted]);
  // What was begun is cleared away when this process has ended.
  if (installation === 'interrupted') return process.exit(INTERRUPTED);
  try {
    const outcome = await Promise.race([showTenants(installation), interrupted]);
    if (outcome === 'interrupted') {
      await installation.stop();
      return process.exit(INTERRUPTED);
    }
    if (!isCheck) {
      printGuide(installation, say);
      await interrupted;
    }
    return outcome ? 0 : 1;
  } finally {
    await installation.stop();
  }
}

async function showTenants(installation: DemoInstallation): Promise<boolean> {
  await waitForSeries(installation);
  const checks = await checkInstallation(installation);
  for (const check of checks) {
    say(check.held ? `  yes  ${check.promise}` : `  NO   ${check.promise}; seen: ${check.seen}`);
  }
  return checks.every((check) => check.held);
}

/** Reads the command line; a word that is not known is an error, not a demo without a check. */
function isCheckRun(): boolean {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  return values.check;
}

function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve('interrupted');
      });
    }
  });
}

try {
  process.exitCode = await demo(isCheckRun());
} catch (error) {
  const isExpected = error instanceof PartUnavailable;
  process.stderr.write(
    `${isExpected ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
}
