import process from 'node:process';
import { bundleRuntime } from '../frontend/bundle.ts';
import { COMMAND_LINE_HELP, readSynthOptions } from './synth-options.ts';
import { TenancyApp } from './tenancy-app.ts';

const options = readSynthOptions(process.argv.slice(2));
if (options.ok) {
  new TenancyApp({ runtime: await bundleRuntime('query-frontend'), ...options.value }).synth();
} else {
  process.stderr.write(`${options.problem}\n\n${COMMAND_LINE_HELP}`);
  process.exitCode = 2;
}
