const UNLISTED = ['help', 'version'];

/** A flag as a help text shows it. */
export interface Flag {
  readonly name: string;
  readonly isSwitch: boolean;
  readonly isRepeatable: boolean;
  readonly text: string;
}

/** The flags in a help text, those left out that every program has and no manifest wants. */
export function flagsIn(help: string): Flag[] {
  const start = /^ {2,6}(?:-\w, )?--/m;
  return help
    .split(/\n(?= {2,6}(?:-\w, )?--)/)
    .filter((entry) => start.test(entry))
    .flatMap((entry) => {
      const [, name = '', rest = ''] = /--(?:\[no-\])?([\w.-]+)(.*)/.exec(entry) ?? [];
      // Newer programs show `[no-]` before the name of a switch, older ones do not.
      const isSwitch = !rest.startsWith('=');
      // The name stands before the description, which begins two blanks later or on the next line.
      const isRepeatable = /\.\.\.(?:\s{2,}|\s*$)/.test(rest);
      return { name, isSwitch, isRepeatable, text: entry };
    })
    .filter(({ name }) => !UNLISTED.includes(name));
}
