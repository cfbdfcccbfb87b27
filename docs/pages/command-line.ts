import { type CommandSpec, EXIT } from '../../frontend/command-line.ts';
import { COMMAND_SPECS } from '../../frontend/commands.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Command line

The program is \`prometheus-tenancy-kit <role or tool> [options]\`; in a clone,
\`npm run -s cli -- <role or tool> [options]\` runs the sources.

Exit codes: ${EXIT.done} done, ${EXIT.refused} refused, ${EXIT.usage} wrong usage, or a configuration
of another version.`;

/** The roles and tools with their options. */
export const COMMAND_LINE_PAGE: Page = {
  file: 'command-line.md',
  markdown: () =>
    [INTRODUCTION, GENERATED_NOTE, ...COMMAND_SPECS.map((spec) => section(spec))].join('\n\n'),
};

function section(spec: CommandSpec): string {
  const rows = spec.options.map((option) => [
    `\`--${option.name}${option.value === undefined ? '' : ` ${option.value}`}\``,
    option.isRequired === true ? 'yes' : 'no',
    option.description,
  ]);
  const head = ['option', 'required', 'meaning'];
  return `## ${spec.name}\n\nThe role or tool ${spec.summary}.\n\n${table(head, rows)}`;
}
