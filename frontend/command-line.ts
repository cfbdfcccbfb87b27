import { parseArgs } from 'node:util';
import { accept, refuse, type Result } from './result.ts';

/** Exit codes of the program, the same for every role and tool. */
export const EXIT: Readonly<Record<'done' | 'refused' | 'usage', number>> = {
  done: 0,
  refused: 1,
  usage: 2,
};

/** One option of a role or a tool. The help and the generated documents print these rows. */
export interface CommandOption {
  /** Name without the dashes. */
  readonly name: string;
  /** What stands for the value in the help, or `undefined` for a switch. */
  readonly value?: string;
  readonly isRepeatable?: boolean;
  readonly isRequired?: boolean;
  readonly description: string;
}

/** A role or a tool as the command line knows it. */
export interface CommandSpec {
  readonly name: string;
  /** What it is for, as one sentence. */
  readonly summary: string;
  readonly options: readonly CommandOption[];
}

/** The values of the options that were given: switches as an empty list. */
export type OptionValues = ReadonlyMap<string, readonly string[]>;

/** Reads the arguments of a command. Refuses unknown options, stray words and missing values. */
export function parseOptions(
  spec: CommandSpec,
  args: readonly string[],
): Result<OptionValues, string> {
  const options = Object.fromEntries(
    spec.options.map((option) => [
      option.name,
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
      },
    ]),
  );
  const parsed = attempt(() => parseArgs({ args: [...args], options, strict: true }));
  if (!parsed.ok) return parsed;
  const values = new Map<string, readonly string[]>();
  for (const option of spec.options) {
    const given = parsed.value.values[option.name];
    if (given === undefined) {
      if (option.isRequired === true) return refuse(`option --${option.name} is missing`);
      continue;
    }
    const texts = [given].flat().filter((value) => typeof value === 'string');
    if (texts.length > 1 && option.isRepeatable !== true) {
      return refuse(`option --${option.name} was given more than once`);
    }
    values.set(option.name, texts);
  }
  return accept(values);
}

function attempt<T>(parse: () => T): Result<T, string> {
  try {
    return accept(parse());
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Prints the help of a command. */
export function printHelp(program: string, spec: CommandSpec): string {
  const lines = spec.options.map((option) => {
    const flag = `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
    return `  ${flag.padEnd(24)} ${option.description}`;
  });
  return `${program} ${spec.name}: ${spec.summary}\n\n${lines.join('\n')}\n`;
}
