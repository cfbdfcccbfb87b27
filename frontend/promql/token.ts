/** A word with a meaning of its own, in lower case: keywords are matched in any case. */
export type Keyword =
  BinaryWord | Aggregator | ContextWord | 'bool' | 'on' | 'ignoring' | 'group_left' | 'group_right';

/** A binary operator that is a word. */
export type BinaryWord = 'and' | 'or' | 'unless' | 'atan2';

/** An aggregation operator. */
export type Aggregator =
  | 'avg'
  | 'bottomk'
  | 'count'
  | 'count_values'
  | 'group'
  | 'limit_ratio'
  | 'limitk'
  | 'max'
  | 'min'
  | 'quantile'
  | 'stddev'
  | 'stdvar'
  | 'sum'
  | 'topk';

/** A word that is a keyword in some places only. */
export type ContextWord =
  | 'offset'
  | 'anchored'
  | 'smoothed'
  | 'by'
  | 'without'
  | 'fill'
  | 'fill_left'
  | 'fill_right'
  | 'start'
  | 'end'
  | 'step'
  | 'range'
  | 'max_of'
  | 'min_of';

/** A token made of punctuation. */
export type Punctuation =
  | ArithmeticSign
  | ComparisonSign
  | '('
  | ')'
  | '{'
  | '}'
  | '['
  | ']'
  | ','
  | ':'
  | '='
  | '=~'
  | '!~'
  | '@';

/** An operator between numbers or durations that is a sign. */
export type ArithmeticSign = '+' | '-' | '*' | '/' | '%' | '^';
type ComparisonSign = '==' | '!=' | '<=' | '<' | '>=' | '>' | '</' | '>/';

/** The kind of a token: a keyword or punctuation stands for itself. */
export type TokenKind =
  | Keyword
  | Punctuation
  | 'identifier'
  // An identifier with a colon, which can only be a metric name or a grouping label.
  | 'metricIdentifier'
  | 'number'
  | 'duration'
  | 'string'
  // What follows the last token, and any token that could not be read.
  | 'nothing';

/** The aggregations, and whether they take a parameter. */
export const AGGREGATORS: ReadonlyMap<TokenKind, { readonly hasParam: boolean }> = new Map<
  Aggregator,
  { hasParam: boolean }
>([
  ['avg', { hasParam: false }],
  ['bottomk', { hasParam: true }],
  ['count', { hasParam: false }],
  ['count_values', { hasParam: true }],
  ['group', { hasParam: false }],
  ['limit_ratio', { hasParam: true }],
  ['limitk', { hasParam: true }],
  ['max', { hasParam: false }],
  ['min', { hasParam: false }],
  ['quantile', { hasParam: true }],
  ['stddev', { hasParam: false }],
  ['stdvar', { hasParam: false }],
  ['sum', { hasParam: false }],
  ['topk', { hasParam: true }],
]);

/** The aggregations behind `promql-experimental-functions`. */
export const EXPERIMENTAL_AGGREGATORS: ReadonlySet<TokenKind> = new Set<Aggregator>([
  'limitk',
  'limit_ratio',
]);

/** Duration keywords: the only words that may stand between square brackets. */
export const DURATION_WORDS: ReadonlySet<string> = new Set<ContextWord>([
  'step',
  'range',
  'max_of',
  'min_of',
]);

/** Keywords that name a function in front of a parenthesis. */
export const CALLABLE_WORDS: readonly ContextWord[] = [
  'start',
  'end',
  'step',
  'range',
  'max_of',
  'min_of',
];

const CONTEXT_WORDS: readonly ContextWord[] = [
  'offset',
  'anchored',
  'smoothed',
  'by',
  'without',
  'fill',
  'fill_left',
  'fill_right',
  ...CALLABLE_WORDS,
];

/** Words that may name a metric without quotes although they are keywords. */
export const METRIC_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  ...AGGREGATORS.keys(),
  ...CONTEXT_WORDS,
  'and',
  'or',
  'unless',
  'identifier',
  'metricIdentifier',
]);

/** Words that may name a label in a grouping without quotes: all but `without` and numbers. */
export const GROUPING_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>(
  [...METRIC_WORDS, 'atan2', 'bool', 'on', 'ignoring', 'group_left', 'group_right'].filter(
    (word): word is TokenKind => word !== 'without',
  ),
);

/** Every keyword, and the two numbers that are words. */
export const WORD_KINDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...[...METRIC_WORDS, ...GROUPING_WORDS]
    .filter((word) => word !== 'identifier' && word !== 'metricIdentifier')
    .map((word): [string, TokenKind] => [word, word]),
  ['inf', 'number'],
  ['nan', 'number'],
]);

/** Operators that compare, and so may be followed by `bool`. */
export const COMPARISONS: ReadonlySet<string> = new Set<ComparisonSign>([
  '==',
  '!=',
  '<=',
  '<',
  '>=',
  '>',
]);

/** Operators that combine sets of series, and so take vectors only. */
export const SET_OPERATORS: ReadonlySet<string> = new Set<BinaryWord>(['and', 'or', 'unless']);

/** How tightly each binary operator binds; a higher number binds tighter. */
export const PRECEDENCE: ReadonlyMap<TokenKind, number> = new Map<TokenKind, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ['==', 3],
  ['!=', 3],
  ['<=', 3],
  ['<', 3],
  ['>=', 3],
  ['>', 3],
  ['</', 3],
  ['>/', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
]);

/** The precedence of `^`, the only operator that groups to the right and binds before a sign. */
export const POWER_PRECEDENCE = 6;
