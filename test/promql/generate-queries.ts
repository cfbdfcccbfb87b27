import type { ValueType } from '../../frontend/promql/ast.ts';
import type { PromqlFeatures } from '../../frontend/promql/options.ts';
import { QueryGrammar, type Tokens } from './query-grammar.ts';
import { Random } from './random.ts';

/** Of a hundred queries, how many are mutated. */
const MUTATED_PERCENT = 40;

/** Tokens that mutations put where they do not belong, some of which need a feature flag. */
const STRAYS: readonly [string, ...string[]] = [
  '(',
  ...(
    ') { } [ ] , : = == =~ !~ @ + - * / ^ by without on offset bool group_left and 5m 1 up sum ' +
    '"x" namespace="b" namespace rate start end step() range() anchored smoothed fill(1) limitk ' +
    'info min_of(1,2) 0x1e \\ . _ Inf'
  ).split(' '),
  '(5m)',
  '+ 1m',
  '* 2',
  'offset NaN',
  '{""="x"}',
  '{a="\\xff"}',
  '{a="\\d"}',
  '{a=~"\\\\p{Weird}"}',
  '{a=~"("}',
  '"\\d"',
  "'a\\.b'",
  '# a comment\r',
];

const STRAY_CHARACTERS: readonly [string, ...string[]] = [
  '{',
  ...'}()[]"\'`\\,:;=!~<>@#+-*/%^._ \t\r\n0159aefmsxuU',
  '\u00a0',
  '\ufeff',
  '\ufffd',
  'é',
  '\u{1f600}',
  '\u0000',
];

/**
 * Writes queries: a part straight from the grammar, and so valid, the others mutated from such. The
 * same seed gives the same queries.
 */
export function* generateQueries(
  seed: number,
  count: number,
  features?: PromqlFeatures,
): Generator<string> {
  const random = new Random(seed);
  const grammar = new QueryGrammar(random, features);
  let other: Tokens = ['up'];
  for (let i = 0; i < count; i++) {
    const tokens = grammar.expression(rootType(random), 1 + random.below(4));
    if (random.percent(MUTATED_PERCENT)) yield mutate(random, tokens, other);
    else yield write(random, tokens);
    other = tokens;
  }
}

/** Writes series selectors, valid ones and mutated ones, as `match[]` takes them. */
export function* generateSeriesSelectors(seed: number, count: number): Generator<string> {
  const random = new Random(seed);
  const grammar = new QueryGrammar(random);
  for (let i = 0; i < count; i++) {
    const tokens = grammar.selector();
    const other = grammar.selector();
    yield random.percent(MUTATED_PERCENT) ? mutate(random, tokens, other) : write(random, tokens);
  }
}

function rootType(random: Random): ValueType {
  if (random.percent(82)) return 'vector';
  return random.pick<ValueType>(['scalar', 'matrix', 'scalar', 'string']);
}

/** Puts tokens together, with blanks and comments here and there. */
function write(random: Random, tokens: Tokens): string {
  let text = '';
  let inBrackets = false;
  for (const token of tokens) {
    const mustSeparate = WORD_END.test(text) && WORD_START.test(token) && token !== ':';
    if (mustSeparate) text += ' ';
    if (random.percent(25)) text += random.pick([' ', '  ', '\t', '\n', '\r\n']);
    // Comments are not allowed everywhere between square brackets.
    if (!inBrackets && random.percent(1)) text += random.pick(['# {\n', '#"\r', '# all\r', '#\n']);
    if (token === '[') inBrackets = true;
    if (token === ']') inBrackets = false;
    text += token;
  }
  return text;
}

const WORD_END = /[A-Za-z0-9_:.]$/;
const WORD_START = /^[A-Za-z0-9_:.]/;

function mutate(random: Random, tokens: Tokens, other: Tokens): string {
  let mutated = [...tokens];
  const times = random.percent(70) ? 1 : 2;
  for (let i = 0; i < times; i++) mutated = mutateTokens(random, mutated, other);
  const text = write(random, mutated);
  return random.percent(30) ? mutateText(random, text) : text;
}

function mutateTokens(random: Random, tokens: Tokens, other: Tokens): string[] {
  if (tokens.length === 0) return [random.pick(STRAYS)];
  const at = random.below(tokens.length);
  const token = tokens[at] ?? '';
  switch (random.below(7)) {
    case 0:
      return tokens.toSpliced(at, 1);
    case 1:
      return tokens.toSpliced(at, 0, token);
    case 2:
      return tokens.with(at, random.pick(STRAYS));
    case 3:
      return tokens.toSpliced(at, 0, random.pick(STRAYS));
    case 4: {
      const from = random.below(tokens.length);
      return tokens.with(at, tokens[from] ?? '').with(from, token);
    }
    case 5: {
      const from = random.below(other.length);
      return [...tokens.slice(0, at), ...other.slice(from)];
    }
    default:
      // Words of other kinds and numbers of other forms keep many queries valid.
      return tokens.with(at, other[random.below(other.length)] ?? '');
  }
}

function mutateText(random: Random, text: string): string {
  const characters = [...text];
  if (characters.length === 0) return random.pick(STRAY_CHARACTERS);
  const at = random.below(characters.length);
  switch (random.below(3)) {
    case 0:
      return characters.toSpliced(at, 1).join('');
    case 1:
      return characters.toSpliced(at, 0, random.pick(STRAY_CHARACTERS)).join('');
    default:
      return characters.with(at, random.pick(STRAY_CHARACTERS)).join('');
  }
}
