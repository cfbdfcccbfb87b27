#!/usr/bin/env node
import process from 'node:process';
import { readYamlDocument } from './adapters/files/yaml-document.ts';
import { COMMAND_SPECS } from './commands.ts';
import { EXIT, parseOptions, printHelp } from './command-line.ts';
import { queryFrontendRole } from './roles/query-frontend.ts';
import { runRole } from './roles/run-role.ts';
import { runScope, SCOPE_SPEC } from './tools/scope.ts';

const PROGRAM = 'prometheus-tenancy-kit';

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case queryFrontendRole.spec.name:
      return runRole(queryFrontendRole, rest, readYamlDocument);
    case SCOPE_SPEC.name:
      return runTool(rest);
    case '--help':
      process.stdout.write(usage());
      return EXIT.done;
    default:
      process.stderr.write(usage());
      return EXIT.usage;
  }
}

async function runTool(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(printHelp(PROGRAM, SCOPE_SPEC));
    return EXIT.done;
  }
  const options = parseOptions(SCOPE_SPEC, args);
  if (!options.ok) {
    process.stderr.write(`${SCOPE_SPEC.name}: ${options.rejection}\n`);
    return EXIT.usage;
  }
  const { stdin, stdout, stderr } = process;
  return runScope(options.value, { input: stdin, output: stdout, errors: stderr });
}

function usage(): string {
  const rows = COMMAND_SPECS.map((spec) => `  ${spec.name.padEnd(16)} ${spec.summary}`);
  return `${PROGRAM} <role or tool> [options]\n\n${rows.join('\n')}\n\nEach takes --help.\n`;
}

process.exitCode = await main(process.argv.slice(2));
