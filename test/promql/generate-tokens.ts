import { Random } from './random.ts';

/** Writes queries by a seed, as many as asked for. */
export type Family = (seed: number, count: number) => Generator<string>;

type Pieces = readonly [string, ...string[]];

/**
 * Queries around one kind of token, which is made of random pieces and is often wrong: they find
 * out where tokens end, which is where readers of a language disagree.
 */
export const TOKEN_FAMILIES: Readonly<Record<string, Family>> = {
  'regular expressions': family((random) => {
    const pattern = quote(soup(random, REGEX_PIECES, 8));
    return random.percent(50) ? `up{a=~${pattern}}` : `{a${random.pick(['=~', '!~'])}${pattern}}`;
  }),
  numbers: family((random) => soup(random, NUMBER_PIECES, 6)),
  ranges: family((random) => `foo[${soup(random, NUMBER_PIECES, 4)}]`),
  'offsets and times': family((random) => {
    const modifier = random.pick(['offset', '@']);
    return `foo ${modifier} ${soup(random, NUMBER_PIECES, 3)} ${random.pick(TAILS)}`;
  }),
  'computed durations': family((random) => {
    const soupOf = (): string => soup(random, DURATION_PIECES, 4);
    return random.percent(50)
      ? `a[5m] or foo[${soupOf()}]`
      : `foo offset ${soupOf()} ${random.pick(TAILS)}`;
  }),
  'words behind selectors and operators': family(
    (random) => `foo ${soup(random, MODIFIER_PIECES, 5)} b`,
  ),
  strings: family((random) => {
    const mark = random.pick(['"', "'", '`']);
    return `{a=${mark}${soup(random, STRING_PIECES, 5)}${mark},b="1"}`;
  }),
  'tokens in a row': family((random) => soup(random, TOKEN_PIECES, 4)),
};

const REGEX_PIECES: Pieces = [
  '(',
  ...'a b (?: (?i) (?s-m: (?P<n> (?<m> ) ) | * + ? ?? {2} {2,} {0,3} {1000} { } [ [^ ] - ^ $ .'.split(
    ' ',
  ),
  ...'\\d \\b \\B \\A \\z \\Q \\E \\pL \\p{Greek} \\x41 \\x{41} \\101 \\8 \\_ \\. \\ , é'.split(
    ' ',
  ),
  ...'[:alpha:] [a-c] [z-a]'.split(' '),
];

const NUMBER_PIECES: Pieces = [
  '0',
  ...'0 1 2 3 4 5 6 7 8 9 0x 0X _ . e E + - a f h m s d w y ms inf'.split(' '),
  ' ',
];

const DURATION_PIECES: Pieces = [
  '5m',
  ...'5m 1 0 NaN step() STEP( range() ( ) (5m) (0) - + * / % ^ max_of(1m,2) min_of( : -2 *3'.split(
    ' ',
  ),
  ' ',
];

const MODIFIER_PIECES: Pieces = [
  ' anchored ',
  ...' smoothed |[5m]| offset 1m | @ 1 | + | == bool | and | * on (a) | group_left | > 1 + '.split(
    '|',
  ),
  ...' fill(0) | fill_left (-5m) | fill_right(NaN)| fill |(|)'.split('|'),
];

const TAILS: Pieces = ['', '', '^2', '+1', '[5m]', 'offset 0s', '@ 5'];

const STRING_PIECES: Pieces = [
  'a',
  ...'\\ \\n \\x41 \\xc3\\xa9 \\xff \\u00e9 \\ud800 \\U0001f600 \\U00110000 \\101 \\400 \\8'.split(
    ' ',
  ),
  ...'\\x4 \\u12 \\" \\\' \\` " \' ` # } é'.split(' '),
  '\n',
  '\r',
  '\u0000',
  '\u2028',
  '\ufffd',
];

const TOKEN_PIECES: Pieces = [
  'up',
  ...'( ) [5m] 5m : 1 by and on bool offset @ start - + ^ == {a="b"} "x" group_left or rate'.split(
    ' ',
  ),
  ...'fill </ ignoring atan2 step inf without # sum(up) (1)'.split(' '),
  ' ',
  ' ',
  '\r',
];

function family(write: (random: Random) => string): Family {
  return function* generate(seed, count) {
    const random = new Random(seed);
    for (let i = 0; i < count; i++) yield write(random);
  };
}

/** Puts at least one and at most `most` pieces together. */
function soup(random: Random, pieces: Pieces, most: number): string {
  return Array.from({ length: 1 + random.below(most) }, () => random.pick(pieces)).join('');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
