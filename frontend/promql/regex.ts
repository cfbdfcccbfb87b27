/** What can be said of a regular expression of a matcher without running it. */
export type RegexVerdict =
  | { readonly kind: 'valid'; readonly matchesEmpty: boolean }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'class_unknown'; readonly found: string }
  | { readonly kind: 'too_large' };

/** Most instructions a pattern may expand to. Go's own limit is about 3,300,000. */
const MAX_SIZE = 100_000;
/** Deepest nesting. Go's own limit is 1,000, counted a little differently. */
const MAX_HEIGHT = 800;
const MAX_REPEAT = 1_000;

/**
 * Judges a pattern by the syntax of Go's regexp/syntax package, which Prometheus uses.
 *
 * A matcher is anchored at both ends, so whether it accepts the empty text follows from the shape of
 * the pattern alone. The pattern is never run: JavaScript's expressions mean something else, and a
 * hostile pattern must not cost time.
 */
export function judgeRegex(pattern: string): RegexVerdict {
  if (!/[\\.+*?()|[\]{}^$]/.test(pattern)) return { kind: 'valid', matchesEmpty: pattern === '' };
  return new RegexReader(pattern).read();
}

/** What is known of a part of a pattern. */
interface Part {
  readonly matchesEmpty: boolean;
  readonly size: number;
  readonly height: number;
  /** Largest product of nested repeat counts. */
  readonly repeats: number;
}

/** The alternatives of a group read so far, and the concatenation being read. */
interface Group {
  readonly alternatives: Part[];
  parts: Part[];
}

const CHARACTER: Part = { matchesEmpty: false, size: 1, height: 1, repeats: 1 };
// All assertions but \b hold in the empty text.
const ASSERTION: Part = { ...CHARACTER, matchesEmpty: true };

class RegexReader {
  readonly #pattern: string;
  #at = 0;
  #groups: Group[] = [];
  #group: Group = { alternatives: [], parts: [] };
  #verdict: RegexVerdict | undefined;
  /** Where the next `:]` is, as far as it is known: -1 if there is none. */
  #nameEnd = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  read(): RegexVerdict {
    // Two repeats in a row are an error unless something stands between them, be it empty.
    let afterRepeat = false;
    while (this.#at < this.#pattern.length && this.#verdict === undefined) {
      afterRepeat = this.#readItem(afterRepeat);
    }
    if (this.#groups.length > 0) this.#malformed();
    const { matchesEmpty } = this.#close(this.#group);
    return this.#verdict ?? { kind: 'valid', matchesEmpty };
  }

  /** Reads one item and tells whether it was a repeat. */
  #readItem(afterRepeat: boolean): boolean {
    const c = this.#pattern.charAt(this.#at);
    const repeat = this.#readRepeat(c);
    if (repeat !== undefined) {
      this.#applyRepeat(repeat, afterRepeat);
      return true;
    }
    if (c === '(') this.#openGroup();
    else if (c === ')') this.#closeGroup();
    else if (c === '|') this.#endAlternative();
    else if (c === '[') this.#readClass();
    else if (c === '\\') this.#readEscape();
    else if (c === '^' || c === '$') this.#push(ASSERTION, 1);
    else this.#push(CHARACTER, this.#widthAt(this.#at));
    return false;
  }

  #push(part: Part, width: number): void {
    this.#group.parts.push(part);
    this.#at += width;
  }

  #openGroup(): void {
    if (this.#pattern.charAt(this.#at + 1) !== '?') return this.#enterGroup(1);
    const name = this.#match(NAMED_GROUP);
    if (name !== null) return this.#enterGroup(name[0].length);
    const flags = this.#match(FLAGS);
    if (flags === null) return this.#malformed();
    // `(?i)` sets flags for what follows. None of them changes what the empty text matches.
    if (flags[0].endsWith(')')) this.#at += flags[0].length;
    else this.#enterGroup(flags[0].length);
  }

  #enterGroup(width: number): void {
    this.#groups.push(this.#group);
    this.#group = { alternatives: [], parts: [] };
    this.#at += width;
  }

  #closeGroup(): void {
    const outer = this.#groups.pop();
    if (outer === undefined) return this.#malformed();
    const part = this.#close(this.#group);
    this.#group = outer;
    this.#push(this.#limit({ ...part, size: part.size + 2, height: part.height + 1 }), 1);
  }

  #endAlternative(): void {
    this.#group.alternatives.push(concatenation(this.#group.parts));
    this.#group.parts = [];
    this.#at++;
  }

  #close(group: Group): Part {
    const parts = [...group.alternatives, concatenation(group.parts)];
    return this.#limit(alternation(parts));
  }

  #readRepeat(c: string): Repeat | undefined {
    const simple = SIMPLE_REPEATS.get(c);
    if (simple !== undefined) {
      this.#at++;
      return simple;
    }
    if (c !== '{') return undefined;
    // What does not look like a count is taken literally.
    const count = this.#match(COUNT);
    if (count === null) return undefined;
    this.#at += count[0].length;
    const [, atLeast = '', comma, atMost] = count;
    if (atMost !== undefined) return { atLeast: Number(atLeast), atMost: Number(atMost) };
    const least = Number(atLeast);
    return { atLeast: least, atMost: comma === undefined ? least : Math.max(least, 1) };
  }

  #applyRepeat({ atLeast, atMost }: Repeat, afterRepeat: boolean): void {
    if (this.#pattern.charAt(this.#at) === '?') this.#at++;
    const part = this.#group.parts.pop();
    const isRange = atLeast <= atMost && atMost <= MAX_REPEAT;
    if (part === undefined || afterRepeat || !isRange) return this.#malformed();
    // What is repeated no times at all is not counted.
    const repeats = atMost === 0 ? 1 : atMost * part.repeats;
    if (repeats > MAX_REPEAT) return this.#malformed();
    const repeated: Part = {
      matchesEmpty: atLeast === 0 || part.matchesEmpty,
      size: Math.max(atMost, 1) * (part.size + 2),
      height: part.height + 1,
      repeats,
    };
    this.#group.parts.push(this.#limit(repeated));
  }

  #readEscape(): void {
    const letter = this.#pattern.charAt(this.#at + 1);
    if (letter === 'A' || letter === 'z' || letter === 'B') return this.#push(ASSERTION, 2);
    if (letter === 'b') return this.#push(CHARACTER, 2);
    if (letter === 'Q') return this.#readLiteral();
    if (letter === 'p' || letter === 'P')
      return this.#readUnicodeClass(() => this.#push(CHARACTER, 0));
    if (letter !== '' && 'dDsSwW'.includes(letter)) return this.#push(CHARACTER, 2);
    if (this.#readCharacterEscape() !== undefined) this.#push(CHARACTER, 0);
  }

  #readLiteral(): void {
    const end = this.#pattern.indexOf('\\E', this.#at + 2);
    const literal = this.#pattern.slice(this.#at + 2, end < 0 ? undefined : end);
    for (const _ of literal) this.#group.parts.push(CHARACTER);
    this.#at = end < 0 ? this.#pattern.length : end + 2;
  }

  #readUnicodeClass(then: () => void): void {
    const match = this.#match(UNICODE_CLASS);
    if (match === null) return this.#malformed();
    if (!UNICODE_CLASSES.has(match[1] ?? match[2] ?? '')) {
      this.#verdict ??= { kind: 'class_unknown', found: match[0] };
      return;
    }
    this.#at += match[0].length;
    then();
  }

  /** Reads an escape that stands for one character, and gives its code. */
  #readCharacterEscape(): number | undefined {
    const match = this.#match(CHARACTER_ESCAPE);
    const code = match === null ? undefined : escapedCode(match);
    if (match === null || code === undefined || code > MAX_CODE_POINT) {
      this.#malformed();
      return undefined;
    }
    this.#at += match[0].length;
    return code;
  }

  #readClass(): void {
    this.#at += this.#pattern.charAt(this.#at + 1) === '^' ? 2 : 1;
    for (let first = true; first || this.#pattern.charAt(this.#at) !== ']'; first = false) {
      if (this.#verdict !== undefined) return;
      if (this.#at >= this.#pattern.length) return this.#malformed();
      this.#readClassItem();
    }
    this.#push(CHARACTER, 1);
  }

  #readClassItem(): void {
    const rest = this.#pattern.slice(this.#at, this.#at + 2);
    const named = rest === '[:' ? this.#findNameEnd(this.#at + 2) : -1;
    if (named >= 0) {
      const name = this.#pattern.slice(this.#at + 2, named).replace(/^\^/, '');
      if (!POSIX_CLASSES.has(name)) return this.#malformed();
      this.#at = named + 2;
      return;
    }
    if (rest === '\\p' || rest === '\\P') return this.#readUnicodeClass(() => undefined);
    if (/^\\[dDsSwW]$/.test(rest)) {
      this.#at += 2;
      return;
    }
    const low = this.#readClassCharacter();
    const next = this.#pattern.slice(this.#at, this.#at + 2);
    if (low === undefined || next.length < 2 || !next.startsWith('-') || next === '-]') return;
    this.#at++;
    const high = this.#readClassCharacter();
    if (high !== undefined && high < low) this.#malformed();
  }

  /** Finds the `:]` from an index on. A flood of `[:` must not search the rest each time. */
  #findNameEnd(from: number): number {
    if (this.#nameEnd >= 0 && this.#nameEnd < from) {
      this.#nameEnd = this.#pattern.indexOf(':]', from);
    }
    return this.#nameEnd;
  }

  #readClassCharacter(): number | undefined {
    if (this.#pattern.charAt(this.#at) === '\\') return this.#readCharacterEscape();
    const code = this.#pattern.codePointAt(this.#at);
    if (code === undefined) this.#malformed();
    this.#at += this.#widthAt(this.#at);
    return code;
  }

  /** Matches a sticky expression at the current place. */
  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    return expression.exec(this.#pattern);
  }

  #widthAt(index: number): number {
    return (this.#pattern.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }

  #limit(part: Part): Part {
    if (part.size > MAX_SIZE || part.height > MAX_HEIGHT) this.#verdict ??= { kind: 'too_large' };
    return part;
  }

  #malformed(): void {
    this.#verdict ??= { kind: 'malformed' };
  }
}

function concatenation(parts: readonly Part[]): Part {
  return {
    matchesEmpty: parts.every((part) => part.matchesEmpty),
    size: sum(parts),
    height: 1 + highest(parts),
    repeats: mostRepeats(parts),
  };
}

function alternation(parts: readonly Part[]): Part {
  return {
    matchesEmpty: parts.some((part) => part.matchesEmpty),
    size: sum(parts) + parts.length,
    height: 1 + highest(parts),
    repeats: mostRepeats(parts),
  };
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, part) => total + part.size, 0);
}

function highest(parts: readonly Part[]): number {
  return parts.reduce((most, part) => Math.max(most, part.height), 0);
}

function mostRepeats(parts: readonly Part[]): number {
  return parts.reduce((most, part) => Math.max(most, part.repeats), 1);
}

/** Gives the code of the character an escape stands for, or `undefined` for a back reference. */
function escapedCode([, octal, twoDigits, digits, control, itself]: RegExpExecArray):
  number | undefined {
  if (octal !== undefined) return /^[1-7]$/.test(octal) ? undefined : Number.parseInt(octal, 8);
  const hex = twoDigits ?? digits;
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return control === undefined ? itself?.charCodeAt(0) : CONTROL_ESCAPES.get(control);
}

const MAX_CODE_POINT = 0x10ffff;

const NAMED_GROUP = /\(\?P?<[A-Za-z0-9_]+>/y;
const FLAGS = /\(\?[imsU]*(?:-[imsU]+)?[:)]/y;
const COUNT = /\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/y;
const UNICODE_CLASS = /\\[pP](?:\{\^?([^}]*)\}|([^{]))/uy;
const CHARACTER_ESCAPE =
  /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|x\{0*([0-9a-fA-F]{1,6})\}|([afnrtv])|([^A-Za-z0-9\u0080-\u{10ffff}]))/uy;

/** How often a part may occur. Without an upper bound the lower one is counted, as Go does. */
interface Repeat {
  readonly atLeast: number;
  readonly atMost: number;
}

const SIMPLE_REPEATS: ReadonlyMap<string, Repeat> = new Map([
  ['*', { atLeast: 0, atMost: 1 }],
  ['+', { atLeast: 1, atMost: 1 }],
  ['?', { atLeast: 0, atMost: 1 }],
]);

const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

const POSIX_CLASSES: ReadonlySet<string> = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);

/** The general categories and the scripts of many readers. Others are refused, not guessed. */
const UNICODE_CLASSES: ReadonlySet<string> = new Set(
  (
    'Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps ' +
    'S Sc Sk Sm So Z Zl Zp Zs Arabic Bengali Common Cyrillic Devanagari Greek Han Hangul Hebrew ' +
    'Hiragana Katakana Latin Tamil Thai'
  ).split(' '),
);
