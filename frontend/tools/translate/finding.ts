/** One thing to say about a translation: a warning asks for a look, a note does not. */
export interface Finding {
  readonly kind: 'warning' | 'note';
  /** What it is about: a flag with its dashes, or a key of a configuration file. */
  readonly subject: string;
  /** The value that was given, if one was. */
  readonly value?: string | undefined;
  readonly message: string;
}

/** Why an input cannot be translated at all. */
export interface FlagProblem {
  /** The flag with its dashes, or the key of a configuration file. */
  readonly subject: string;
  readonly message: string;
}

const MAX_SHOWN = 200;
const CREDENTIALS = /\/\/[^/@]*@/g;
const PLAIN = /^[\x21-\x7e]*$/;

/** Makes a warning: why there is no safe equal, and what to do. */
export function warn(subject: string, value: string | undefined, message: string): Finding {
  return { kind: 'warning', subject, value, message };
}

/** Makes a note. */
export function note(subject: string, value: string | undefined, message: string): Finding {
  return { kind: 'note', subject, value, message };
}

/** Says a finding in one line. Credentials in a URL are left out. */
export function printFinding({ kind, subject, value, message }: Finding): string {
  return `${kind}: ${subject}${value === undefined ? '' : ` ${shown(value)}`}: ${message}`;
}

function shown(value: string): string {
  const harmless = value.replaceAll(CREDENTIALS, '//***@');
  const short = harmless.length > MAX_SHOWN ? `${harmless.slice(0, MAX_SHOWN)}...` : harmless;
  return short !== '' && PLAIN.test(short) ? short : JSON.stringify(short);
}
