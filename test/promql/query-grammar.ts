import type { ValueType } from '../../frontend/promql/ast.ts';
import {
  ALL_FUNCTIONS,
  FUNCTIONS,
  type FunctionSignature,
} from '../../frontend/promql/functions.ts';
import {
  DEFAULT_PROMQL_FEATURES,
  type PromqlFeature,
  type PromqlFeatures,
} from '../../frontend/promql/options.ts';
import type { Random } from './random.ts';

/** The tokens of a query, each as it is written. */
export type Tokens = readonly string[];

const SIMPLE_AGGREGATIONS = 'avg count group max min stddev stdvar sum';
const PARAM_AGGREGATIONS = 'bottomk count_values quantile topk';
const EXPERIMENTAL_AGGREGATIONS = 'limitk limit_ratio';
const ARITHMETIC = '+ - * / % ^ atan2';
const COMPARISONS = '== != < <= > >=';
const TRIMS = '</ >/';
const SETS = 'and or unless';
const LABELS = 'job instance pod le namespace a __x on by offset sum bool and Inf';
const METRICS =
  'up foo http_requests_total node:cpu:rate5m :lead __proto__ constructor toString ' +
  'sum count_values and or unless by without offset start end step range max_of min_of fill ' +
  'fill_left anchored smoothed limitk limit_ratio TOPK By rate time';
const DURATIONS = '5m 1h30m 1y2w3d4h5m6s7ms 90s 1ms 2w 300 0x10 1e2 .5 5. 1_000 0755';
const NUMBERS =
  '0 1 42 3.14 .5 5. 1e3 1E-3 0x1F 0X_ab 0755 08 1_000 1_0.5_0e1_0 Inf NaN iNf nAn 5m 1h30m 9e300';

/** Strings as they are written, for values of labels and for arguments. */
const STRINGS: readonly [string, ...string[]] = [
  '"x"',
  "'x'",
  '`x`',
  '"a"',
  '"b"',
  '"a\\"b"',
  "'a\\'b'",
  "'a\"b'",
  '`a\\d"\'`',
  '"a\\\\d"',
  '"tab\\tnul\\x00"',
  '"\\u00e9\\U0001f600\\101"',
  '"\\xc3\\xa9"',
  '"é\u{1f600}"',
  '"\\ufffd"',
  '`two\nlines`',
  '"},{"',
  '"#"',
  '"\u2028"',
  '""',
];

const REGEXES: readonly [string, ...string[]] = [
  '"a|b"',
  '"a.*"',
  '".+"',
  '".*"',
  '`\\d+\\.[a-z]{2,3}`',
  '"(?i:x)|[^[:alpha:]]"',
  '"(a|b)?c*"',
  '"^$"',
  '`\\p{Greek}\\pL[\\w-]`',
  '"x{2}(?P<n>y)"',
  '"\\\\Qa.b\\\\E+"',
  '""',
];

/** Every feature that can be switched on. */
export const ALL_FEATURES: PromqlFeatures = {
  'promql-experimental-functions': true,
  'promql-duration-expr': true,
  'promql-extended-range-selectors': true,
  'promql-binop-fill-modifiers': true,
};

/** Writes queries that are valid where these features are on, as lists of tokens. */
export class QueryGrammar {
  readonly #random: Random;
  readonly #features: PromqlFeatures;
  /** There are more functions to be called where the feature is on. */
  readonly #moreCalls: number;
  readonly #decks = new Map<ValueType, string[]>();

  constructor(random: Random, features: PromqlFeatures = DEFAULT_PROMQL_FEATURES) {
    this.#random = random;
    this.#features = features;
    this.#moreCalls = features['promql-experimental-functions'] ? 25 : 0;
  }

  /** Writes an expression of this type. `depth` bounds its nesting. */
  expression(type: ValueType, depth: number): Tokens {
    switch (type) {
      case 'scalar':
        return this.#scalar(depth);
      case 'vector':
        return this.#vector(depth);
      case 'matrix':
        return this.#matrix(depth);
      case 'string':
        return this.#string(depth);
      default:
        return type satisfies never;
    }
  }

  #string(depth: number): Tokens {
    return depth > 0 && this.#random.percent(8)
      ? ['(', this.#random.pick(STRINGS), ')']
      : [this.#random.pick(STRINGS)];
  }

  #scalar(depth: number): Tokens {
    const { percent, number } = this.#tools();
    if (depth <= 0 || percent(45)) return number();
    if (percent(25 + this.#moreCalls)) return this.#call('scalar', depth);
    if (percent(25)) return this.#signed('scalar', depth);
    if (percent(25)) return this.#paren('scalar', depth);
    const [left, right] = [this.#scalar(depth - 1), this.#scalar(depth - 1)];
    return percent(70)
      ? [...left, this.#random.word(ARITHMETIC), ...right]
      : [...left, this.#random.word(COMPARISONS), this.#keyword('bool'), ...right];
  }

  #vector(depth: number): Tokens {
    const { percent } = this.#tools();
    if (depth <= 0 || percent(10)) return [...this.selector(), ...this.#modifiers()];
    if (percent(50 + this.#moreCalls / 5)) return this.#call('vector', depth);
    if (percent(40)) return this.#aggregation(depth);
    if (percent(15)) return this.#signed('vector', depth);
    if (percent(20)) return this.#paren('vector', depth);
    return this.#binary(depth);
  }

  #matrix(depth: number): Tokens {
    const { percent } = this.#tools();
    const range = this.#duration();
    if (depth > 0 && percent(35)) {
      const step = percent(60) ? this.#duration() : [];
      return [
        ...this.#subqueryOperand(depth - 1),
        '[',
        ...range,
        ':',
        ...step,
        ']',
        ...this.#modifiers(false),
      ];
    }
    const zero = percent(3) ? ['offset', '0s'] : [];
    const early = zero.length === 0 && this.#chance('promql-extended-range-selectors', 3);
    const extension = early ? ['smoothed'] : [];
    const before = [...this.selector(), ...zero, ...extension];
    const selector = [...before, '[', ...range, ']', ...this.#modifiers(!early)];
    return depth > 0 && percent(5) ? ['(', ...selector, ')'] : selector;
  }

  /** What a bracket may follow without changing what it belongs to. */
  #subqueryOperand(depth: number): Tokens {
    if (this.#random.percent(40)) return this.selector();
    return this.#random.percent(60) ? this.#call('vector', depth) : this.#paren('vector', depth);
  }

  #paren(type: ValueType, depth: number): Tokens {
    return ['(', ...this.expression(type, depth - 1), ')'];
  }

  #signed(type: ValueType, depth: number): Tokens {
    return [this.#random.word('+ -'), ...this.expression(type, depth - 1)];
  }

  #call(type: ValueType, depth: number): Tokens {
    const name = this.#deal(type);
    const called = ALL_FUNCTIONS.get(name);
    if (name === 'info') return this.#info(depth - 1);
    return called === undefined ? this.selector() : [name, ...this.#arguments(called, depth - 1)];
  }

  #info(depth: number): Tokens {
    const { percent } = this.#tools();
    const modifiers = percent(5) ? this.#modifiers() : [];
    const selector = percent(10) ? [] : [',', ...this.#matchers([]), ...modifiers];
    return ['info', '(', ...this.#vector(depth), ...selector, ')'];
  }

  /** Deals functions like cards, so that each comes up as often as the others. */
  #deal(type: ValueType): string {
    let deck = this.#decks.get(type) ?? [];
    if (deck.length === 0) {
      const isOn = this.#features['promql-experimental-functions'];
      deck = [...(isOn ? ALL_FUNCTIONS : FUNCTIONS)]
        .filter(([, { returns }]) => returns === type)
        .map(([name]) => name);
      this.#decks.set(type, deck);
    }
    const [name = ''] = deck.splice(this.#random.below(deck.length), 1);
    return name;
  }

  #arguments({ argTypes, atLeast, atMost }: FunctionSignature, depth: number): Tokens {
    const most = Math.min(atMost, atLeast + 2);
    const count = atLeast + this.#random.below(most - atLeast + 1);
    const args = Array.from({ length: count }, (_, index) =>
      this.expression(argTypes[Math.min(index, argTypes.length - 1)] ?? 'scalar', depth),
    );
    return ['(', ...separated(args), ')'];
  }

  #aggregation(depth: number): Tokens {
    const { percent } = this.#tools();
    const hasParam = percent(35);
    const isExperimental = hasParam && this.#chance('promql-experimental-functions', 30);
    const paramNames = isExperimental ? EXPERIMENTAL_AGGREGATIONS : PARAM_AGGREGATIONS;
    const name = this.#random.word(hasParam ? paramNames : SIMPLE_AGGREGATIONS);
    const param = hasParam
      ? [...this.expression(name === 'count_values' ? 'string' : 'scalar', depth - 1), ',']
      : [];
    const body = ['(', ...param, ...this.#vector(depth - 1), ')'];
    if (percent(40)) return [this.#keyword(name), ...body];
    const grouping = [this.#keyword(this.#random.word('by without')), ...this.#labels()];
    return percent(50)
      ? [this.#keyword(name), ...grouping, ...body]
      : [this.#keyword(name), ...body, ...grouping];
  }

  #binary(depth: number): Tokens {
    const { percent } = this.#tools();
    const left = this.#vector(depth - 1);
    if (percent(20)) {
      const operands = [left, this.#scalar(depth - 1)];
      const [first = [], second = []] = percent(50) ? operands : operands.toReversed();
      const operator = this.#random.word(`${ARITHMETIC} ${COMPARISONS} ${TRIMS}`);
      return [...first, operator, ...second];
    }
    const right = this.#vector(depth - 1);
    if (percent(25)) {
      return [...left, this.#keyword(this.#random.word(SETS)), ...this.#matching(false), ...right];
    }
    const isComparison = percent(40);
    const operator = this.#random.word(isComparison ? COMPARISONS : `${ARITHMETIC} ${TRIMS}`);
    const bool = isComparison && percent(40) ? [this.#keyword('bool')] : [];
    return [...left, operator, ...bool, ...this.#matching(true), ...this.#fills(), ...right];
  }

  #fills(): Tokens {
    if (!this.#chance('promql-binop-fill-modifiers', 30)) return [];
    const value = (): Tokens => ['(', ...this.#signs(30), this.#random.word(NUMBERS), ')'];
    const words = this.#random.pick(['fill', 'fill_left', 'fill_right', 'fill_left fill_right']);
    const kinds = this.#random.percent(50) ? words.split(' ') : words.split(' ').toReversed();
    return kinds.flatMap((kind) => [this.#keyword(kind), ...value()]);
  }

  #matching(mayGroup: boolean): Tokens {
    const { percent } = this.#tools();
    if (percent(55)) return [];
    const clause = [this.#keyword(this.#random.word('on ignoring')), '(', 'x1', ',', 'x2', ')'];
    if (!mayGroup || percent(40)) return clause;
    return [
      ...clause,
      this.#keyword(this.#random.word('group_left group_right')),
      ...this.#labels(),
    ];
  }

  #labels(): Tokens {
    const count = this.#random.below(4);
    const names = Array.from({ length: count }, () =>
      this.#random.percent(80)
        ? [this.#random.word('job pod le by on sum offset a:b GROUP_left atan2 fill')]
        : [this.#random.pick(['"job"', "'my label'", '`inf`', '"without"'])],
    );
    const comma = count > 0 && this.#random.percent(10) ? [','] : [];
    return ['(', ...separated(names), ...comma, ')'];
  }

  /** Writes a selector without modifiers. */
  selector(): Tokens {
    const { percent } = this.#tools();
    if (percent(25)) return [this.#random.word(METRICS)];
    if (percent(70)) return [this.#random.word(METRICS), ...this.#matchers([])];
    const certain = this.#random.pick<Tokens>([
      ['job', '=', '"x"'],
      ['"my.metric"'],
      ['__name__', '=~', '"up|down"'],
      ['"namespace"', '!=', '""'],
      ['namespace', '!~', '".*"'],
    ]);
    return this.#matchers([certain]);
  }

  #matchers(certain: readonly Tokens[]): Tokens {
    const count = this.#random.below(3);
    const others = Array.from({ length: count }, () => this.#matcher());
    const all = this.#random.percent(50) ? [...certain, ...others] : [...others, ...certain];
    const comma = all.length > 0 && this.#random.percent(10) ? [','] : [];
    return ['{', ...separated(all), ...comma, '}'];
  }

  #matcher(): Tokens {
    const label = this.#random.percent(80)
      ? this.#random.word(LABELS)
      : this.#random.pick(['"my.label"', '"name\\x73pace"', "'é'", '`a b`']);
    return this.#random.percent(60)
      ? [label, this.#random.word('= !='), this.#random.pick(STRINGS)]
      : [label, this.#random.word('=~ !~'), this.#random.pick(REGEXES)];
  }

  #modifiers(mayExtend = true): Tokens {
    const modifiers = this.#timeModifiers();
    if (!mayExtend || !this.#chance('promql-extended-range-selectors', 20)) return modifiers;
    const extension = this.#keyword(this.#random.word('anchored smoothed'));
    return this.#random.percent(50) ? [extension, ...modifiers] : [...modifiers, extension];
  }

  #timeModifiers(): Tokens {
    const { percent } = this.#tools();
    const offset = this.#offset();
    const ends = [this.#random.word('start end'), '(', ')'];
    const moment = percent(50)
      ? ends
      : [...this.#signs(20), this.#random.word('0 1.5 1700000000 5m')];
    if (percent(60)) return [];
    if (percent(40)) return offset;
    if (percent(50)) return ['@', ...moment];
    return percent(50) ? [...offset, '@', ...moment] : ['@', ...moment, ...offset];
  }

  #offset(): Tokens {
    const offset = this.#keyword('offset');
    if (this.#chance('promql-duration-expr', 40)) return [offset, ...this.#computed(2)];
    return [offset, ...this.#signs(30), this.#random.word(DURATIONS)];
  }

  #duration(): Tokens {
    if (this.#chance('promql-duration-expr', 30)) return this.#computed(2);
    const plus = this.#random.percent(5) ? [this.#random.pick(['+', '--', '+ +'])] : [];
    return [...plus, this.#random.word(DURATIONS)];
  }

  /** An operator behind it continues it or not: in an offset that depends on how it begins. */
  #computed(depth: number): Tokens {
    const { percent } = this.#tools();
    if (depth <= 0 || percent(25)) {
      return percent(60)
        ? [this.#random.word(DURATIONS)]
        : [this.#keyword(this.#random.word('step range')), '(', ')'];
    }
    const [first, second] = [this.#computed(depth - 1), this.#computed(depth - 1)];
    if (percent(25)) return ['(', ...first, ')'];
    if (percent(20)) return [this.#random.word('- +'), ...first];
    if (percent(25)) {
      return [
        this.#keyword(this.#random.word('min_of max_of')),
        '(',
        ...first,
        ',',
        ...second,
        ')',
      ];
    }
    return [...first, this.#random.word('+ - * / % ^'), ...second];
  }

  /** Draws only where the feature is on, so that the queries without it stay the same. */
  #chance(feature: PromqlFeature, chance: number): boolean {
    return this.#features[feature] && this.#random.percent(chance);
  }

  #signs(chance: number): Tokens {
    return this.#random.percent(chance) ? [this.#random.word('- +')] : [];
  }

  /** Keywords are read in any case. */
  #keyword(word: string): string {
    if (this.#random.percent(85)) return word;
    return this.#random.percent(50)
      ? word.toUpperCase()
      : word.charAt(0).toUpperCase() + word.slice(1);
  }

  #tools(): { percent: (chance: number) => boolean; number: () => Tokens } {
    return {
      percent: (chance) => this.#random.percent(chance),
      number: () => [this.#random.word(NUMBERS)],
    };
  }
}

function separated(items: readonly Tokens[]): Tokens {
  return items.flatMap((item, index) => (index === 0 ? item : [',', ...item]));
}
