import process from 'node:process';
import { bundleRuntime } from '../frontend/bundle.ts';
import { SynthError } from '../lib/index.ts';
import { readSynthOptions, type SynthOptions } from './synth-options.ts';
import { TenancyApp } from './tenancy-app.ts';

/** The exit codes of every program of the kit. */
const EXIT = { done: 0, refused: 1, usage: 2 } as const;

async function main(args: readonly string[]): Promise<number> {
  const command = readSynthOptions(args);
  if (!command.ok) {
    process.stderr.write(`${command.problem}\n`);
    return EXIT.usage;
  }
  if ('help' in command) {
    process.stdout.write(command.help);
    return EXIT.done;
  }
  return synth(command.value);
}

async function synth(options: SynthOptions): Promise<number> {
  const runtime = await bundleRuntime('query-frontend');
  try {
    new TenancyApp({ runtime, ...options }).synth();
    return EXIT.done;
  } catch (error) {
    const problem = describe(error);
    // Where a setting was refused helps nobody; where we failed does.
    if (problem === undefined) throw error;
    process.stderr.write(`${problem}\n`);
    return EXIT.refused;
  }
}

function describe(error: unknown): string | undefined {
  if (error instanceof SynthError) return error.message;
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  return `--outdir: cannot be written (${error.message})`;
}

process.exitCode = await main(process.argv.slice(2));
