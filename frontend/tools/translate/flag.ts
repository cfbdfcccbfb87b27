/** A program whose command line can be translated. */
export type PeerName = 'kube-rbac-proxy' | 'prom-label-proxy';

/** What becomes of a flag, or of a key of a configuration file. */
export type Outcome =
  /** It has settings of its own here. */
  | { readonly kind: 'setting'; readonly settings: readonly string[]; readonly remark: string }
  /** It is not needed, and nothing is lost without it. */
  | { readonly kind: 'dropped'; readonly because: string }
  /** It has no safe equal. Somebody has to look at it. */
  | { readonly kind: 'warning'; readonly because: string; readonly remedy: string };

/**
 * What a flag takes: nothing or a truth value; one text, of which the last counts; texts between
 * commas, all of which count; or one text each time it is given.
 */
export type FlagValueKind = 'switch' | 'text' | 'list' | 'repeated';

/** One flag of a program. The tool and the document of the migration read the same rows. */
export interface FlagSpec {
  /** Name without the dashes. */
  readonly name: string;
  readonly takes: FlagValueKind;
  /** What the program assumes without the flag: given so, the flag changes nothing. */
  readonly fallback: string;
  readonly outcome: Outcome;
}

/** The flags of a program, and how they are written. */
export interface PeerSpec {
  readonly name: PeerName;
  /** The newest version whose flags are in the table. */
  readonly version: string;
  /** The dashes that its documentation writes. */
  readonly dashes: '-' | '--';
  /**
   * Flags of one letter, by the name of what they stand for. Where there are any, all other flags
   * take two dashes.
   */
  readonly shorthands: Readonly<Record<string, string>>;
  readonly flags: readonly FlagSpec[];
}

/** The values of the flags that were given and change something, by the name of the flag. */
export type GivenFlags = ReadonlyMap<string, readonly string[]>;

/** Describes a flag that becomes settings. */
export function becomes(settings: readonly string[], remark = ''): Outcome {
  return { kind: 'setting', settings, remark };
}

/** Describes a flag that is not needed. */
export function dropped(because: string): Outcome {
  return { kind: 'dropped', because };
}

/** Describes a flag without a safe equal. */
export function warning(because: string, remedy: string): Outcome {
  return { kind: 'warning', because, remedy };
}

/** Makes the row of a flag that takes one text. */
export function text(name: string, outcome: Outcome, fallback = ''): FlagSpec {
  return { name, takes: 'text', fallback, outcome };
}

/** Makes the row of a flag that is on or off. */
export function onOff(name: string, outcome: Outcome): FlagSpec {
  return { name, takes: 'switch', fallback: 'false', outcome };
}

/** Makes the row of a flag that takes texts between commas. */
export function list(name: string, outcome: Outcome): FlagSpec {
  return { name, takes: 'list', fallback: '', outcome };
}

/** Makes the row of a flag that may be given several times. */
export function repeated(name: string, outcome: Outcome, fallback = ''): FlagSpec {
  return { name, takes: 'repeated', fallback, outcome };
}

/** The value of a flag that counts once. */
export function lastValue(given: GivenFlags, name: string): string | undefined {
  return given.get(name)?.at(-1);
}
