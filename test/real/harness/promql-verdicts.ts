/** The parser's refusal of a query. */
export interface Refusal {
  readonly ok: false;
  /** What the server would answer. */
  readonly error: string;
  /** Where the first error begins: an offset in the query, in bytes of UTF-8. */
  readonly pos: number;
}

/** Whether a query is one. */
export type Verdict = { readonly ok: true; readonly type: PromqlType } | Refusal;

/** What a query is. */
export type Judgement =
  | {
      readonly ok: true;
      readonly type: PromqlType;
      /** Its syntax, without positions. Equal trees mean the same to a server. */
      readonly tree: PromqlTree;
      /** Its selectors, in the order of the parser's own traversal. */
      readonly selectors: readonly JudgedSelector[];
      readonly kinds: Kinds;
    }
  | Refusal;

/** The type of an expression or of an argument. */
export type PromqlType = 'matrix' | 'scalar' | 'string' | 'vector';

/** A node of the syntax: the parser's name for its kind, and what this kind has. */
export interface PromqlTree {
  readonly kind: string;
  readonly [member: string]: unknown;
}

/** A text of a query, or its bytes in hexadecimal where they are no UTF-8. */
export type PromqlText = string | { readonly bytes: string };

/** A selector of a query. */
export interface JudgedSelector {
  /** The metric name, if it stands before the braces, or an empty text. */
  readonly name: PromqlText;
  /** All matchers, the one for a name before the braces last. */
  readonly matchers: readonly {
    readonly name: PromqlText;
    readonly op: '=' | '!=' | '=~' | '!~';
    readonly value: PromqlText;
  }[];
}

/**
 * How often each thing occurs in a query: `node:Call`, `func:rate`, `agg:topk`, `op:+`, `unary:-`,
 * `matcher:=~`, `name:outside`, `literal:duration`, `dur:range`, `durop:max_of`, and modifiers such
 * as `mod:by`, `mod:offset`, `mod:@`, `mod:@start`, `mod:group_left`, `mod:bool`, `mod:step`.
 */
export type Kinds = Readonly<Record<string, number>>;

/** A query, what it was rewritten to, and the matcher that every selector should have got. */
export interface Rewriting {
  readonly input: string;
  readonly output: string;
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** How a rewritten query relates to the one it was made from. */
export interface Comparison {
  readonly inputOk: boolean;
  readonly inputError: string;
  readonly outputOk: boolean;
  readonly outputError: string;
  /**
   * Whether both trees are equal once the last matcher that equals the added one is taken from each
   * selector of the output. A selector that lacks it is compared as it is.
   */
  readonly sameTree: boolean;
  /** How many selectors the output has, and how many of these lack the added matcher. */
  readonly selectors: number;
  readonly unscoped: number;
  /** What occurs in the input; nothing if it is no query. */
  readonly kinds: Kinds;
}

/** What the parser knows by name, each list sorted. */
export interface Language {
  readonly functions: readonly FunctionSignature[];
  readonly aggregators: readonly {
    readonly name: string;
    readonly hasParam: boolean;
    readonly experimental: boolean;
  }[];
  readonly operators: readonly string[];
  readonly keywords: readonly string[];
}

/** The signature of a function. */
export interface FunctionSignature {
  readonly name: string;
  readonly argTypes: readonly PromqlType[];
  /**
   * 0 for a fixed number of arguments; N when the last may be left out or given up to N times; -1
   * when it may be given any number of times.
   */
  readonly variadic: number;
  readonly returnType: PromqlType;
  readonly experimental: boolean;
}
