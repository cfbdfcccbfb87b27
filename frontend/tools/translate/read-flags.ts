import { accept, refuse, type Result } from '../../result.ts';
import type { FlagProblem } from './finding.ts';
import type { FlagSpec, GivenFlags, PeerSpec } from './flag.ts';

interface Word {
  /** What was written, without its value. */
  readonly flag: string;
  readonly spec: FlagSpec;
  readonly value: string | undefined;
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/**
 * Reads the argument list of a program as the program itself would.
 *
 * Stricter in two ways: a word that belongs to no flag is refused, where prom-label-proxy would
 * ignore it with all that follows; and so is a variable that only the kubelet could fill in.
 */
export function readFlags(
  peer: PeerSpec,
  args: readonly string[],
): Result<GivenFlags, FlagProblem> {
  const given = new Map<string, readonly string[]>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const word = readWord(peer, arg);
    if (!word.ok) return word;
    const { flag, spec } = word.value;
    const isAlone = spec.takes === 'switch';
    const value = word.value.value ?? (isAlone ? 'true' : rest.shift());
    const read = value === undefined ? refuse('takes a value') : readValue(spec, value);
    if (!read.ok) return refuse({ subject: flag, message: read.rejection });
    const before = spec.takes === 'text' || isAlone ? [] : (given.get(spec.name) ?? []);
    given.set(spec.name, [...before, ...read.value]);
  }
  return accept(new Map([...given].filter(([name, values]) => isEffective(peer, name, values))));
}

/** Writes a flag as the documentation of its program does. */
export function writeFlag(peer: PeerSpec, name: string): string {
  return `${peer.dashes}${name}`;
}

function readWord(peer: PeerSpec, arg: string): Result<Word, FlagProblem> {
  const match = /^(--?)([^-=][^=]*)(?:=([\s\S]*))?$/.exec(arg);
  if (match === null) {
    return refuse({ subject: arg, message: `belongs to no flag of ${peer.name}` });
  }
  const [, dashes = '', name = '', value] = match;
  const hasShorthands = Object.keys(peer.shorthands).length > 0;
  const word =
    hasShorthands && dashes === '-'
      ? readShorthand(peer, name, value)
      : named(peer, hasShorthands ? name.replaceAll('_', '-') : name, value);
  const flag = `${dashes}${name}`;
  if (word === undefined) {
    return refuse({ subject: flag, message: `is no flag of ${peer.name} that is known here` });
  }
  return accept({ ...word, flag });
}

function named(
  peer: PeerSpec,
  name: string,
  value: string | undefined,
): Omit<Word, 'flag'> | undefined {
  const spec = peer.flags.find((it) => it.name === name);
  return spec && { spec, value };
}

// Such as `-v=4`, `-v4`, or `-v` before a word of its own.
function readShorthand(
  peer: PeerSpec,
  name: string,
  value: string | undefined,
): Omit<Word, 'flag'> | undefined {
  const letter = name.slice(0, 1);
  const attached = name.slice(1);
  if (!Object.hasOwn(peer.shorthands, letter) || (attached !== '' && value !== undefined)) {
    return undefined;
  }
  return named(peer, peer.shorthands[letter] ?? '', attached === '' ? value : attached);
}

function readValue(spec: FlagSpec, value: string): Result<readonly string[], string> {
  if (value.includes('$(')) return refuse('names a variable; write what it stands for');
  switch (spec.takes) {
    case 'switch':
      if (TRUE.has(value)) return accept(['true']);
      return FALSE.has(value) ? accept(['false']) : refuse('must be true or false');
    case 'list':
      if (value.includes('"')) return refuse('quotes in a list are not read');
      return accept(value === '' ? [] : value.split(','));
    case 'repeated':
      return accept(value === '' ? [] : [value]);
    case 'text':
      return accept([value]);
    default:
      return spec.takes satisfies never;
  }
}

function isEffective(peer: PeerSpec, name: string, values: readonly string[]): boolean {
  const fallback = peer.flags.find((spec) => spec.name === name)?.fallback;
  return values.length > 0 && (values.length > 1 || values[0] !== fallback);
}
