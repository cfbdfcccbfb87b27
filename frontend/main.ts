#!/usr/bin/env node
import process from 'node:process';
import { readYamlDocument } from './adapters/files/yaml-document.ts';
import { createProxiedFiles } from './adapters/web-ui/proxied-files.ts';
import { COMMAND_SPECS, TOOLS } from './commands.ts';
import { EXIT, parseOptions, printHelp } from './command-line.ts';
import { queryFrontendRole, queryFrontendRoleWith } from './roles/query-frontend.ts';
import { runRole } from './roles/run-role.ts';
import type { Tool } from './tools/tool.ts';

const PROGRAM = 'prometheus-tenancy-kit';

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === queryFrontendRole.spec.name) {
    return runRole(queryFrontendRoleWith(createProxiedFiles), rest, readYamlDocument);
  }
  const tool = TOOLS.find(({ spec }) => spec.name === command);
  if (tool !== undefined) return runTool(tool, rest);
  if (command === '--help') {
    process.stdout.write(usage());
    return EXIT.done;
  }
  process.stderr.write(usage());
  return EXIT.usage;
}

async function runTool({ spec, run }: Tool, args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(printHelp(PROGRAM, spec));
    return EXIT.done;
  }
  const options = parseOptions(spec, args);
  if (!options.ok) {
    process.stderr.write(`${spec.name}: ${options.rejection}\n`);
    return EXIT.usage;
  }
  const { stdin, stdout, stderr } = process;
  return run(options.value, { input: stdin, output: stdout, errors: stderr });
}

function usage(): string {
  const rows = COMMAND_SPECS.map((spec) => `  ${spec.name.padEnd(16)} ${spec.summary}`);
  return `${PROGRAM} <role or tool> [options]\n\n${rows.join('\n')}\n\nEach takes --help.\n`;
}

process.exitCode = await main(process.argv.slice(2));
