import { excerpt } from './excerpt.ts';
import { Lexer } from './lexer.ts';
import type { PromqlFeature, PromqlFeatures, PromqlLimits } from './options.ts';
import { type Position, PositionFinder } from './position.ts';
import type {
  Expectation,
  GrammarFacts,
  LexicalFacts,
  PromqlProblem,
  TypeFacts,
  UnsupportedFacts,
} from './problem.ts';
import { decodeString } from './quoted-string.ts';
import type { TokenKind } from './token.ts';

/**
 * The place a parser has reached in a query, the first problem it met, and what it has counted.
 *
 * The methods named after a problem return `undefined`, which every parsing function hands on: the
 * first problem is the one that is told.
 */
export class Cursor {
  /** The first problem met. */
  problem: PromqlProblem | undefined;

  readonly #text: string;
  readonly #limits: PromqlLimits;
  readonly #features: PromqlFeatures;
  readonly #lexer: Lexer;
  readonly #positions: PositionFinder;
  #depth = 0;
  #selectors = 0;
  #terms = 0;

  constructor(text: string, limits: PromqlLimits, features: PromqlFeatures) {
    this.#text = text;
    this.#limits = limits;
    this.#features = features;
    this.#lexer = new Lexer(text);
    this.#positions = new PositionFinder(text);
    this.advance();
  }

  /** The kind of the current token. */
  get kind(): TokenKind {
    return this.#lexer.kind;
  }

  /** Index of the first character of the current token. */
  get start(): number {
    return this.#lexer.start;
  }

  /** The current token as written. */
  get token(): string {
    return this.#text.slice(this.#lexer.start, this.#lexer.end);
  }

  /** Moves to the next token. */
  advance(): void {
    this.#lexer.next();
    const { problem } = this.#lexer;
    if (problem !== undefined) this.malformed(problem);
  }

  /** Gives the current token as written and moves on. */
  take(): string {
    const { token } = this;
    this.advance();
    return token;
  }

  /** Moves past the current token if it is of this kind, and tells whether it was. */
  accept(kind: TokenKind): boolean {
    if (this.kind !== kind) return false;
    this.advance();
    return true;
  }

  /** Like `accept`, and a problem otherwise. */
  expect(kind: TokenKind, expected: Expectation): boolean {
    if (this.accept(kind)) return true;
    this.unexpected(expected);
    return false;
  }

  /** Decodes the current string token and moves past it. */
  takeString(): string | undefined {
    const { start } = this;
    const decoded = decodeString(this.take());
    if (decoded.ok) return decoded.value;
    const { problem, found, index } = decoded.rejection;
    if (problem === 'string_not_utf8') return this.unsupported({ reason: problem, found }, start);
    return this.malformed({ problem, found }, start + index);
  }

  /** Tells whether a feature is on; a problem if it is not. The feature begins at `start`. */
  allows(feature: PromqlFeature, start: number = this.start, found: string = this.token): boolean {
    if (this.#features[feature]) return true;
    this.unsupported({ reason: 'feature_disabled', feature, found: excerpt(found) }, start);
    return false;
  }

  /** Gives the position of a character. */
  positionAt(index: number): Position {
    return this.#positions.at(index);
  }

  /** Enters one more level of nesting; a problem if there are too many. Pair it with `leave`. */
  enter(): boolean {
    this.#depth++;
    const { maxDepth } = this.#limits;
    return this.#withinLimit('limit_query_depth', this.#depth, maxDepth, this.start);
  }

  /** Leaves a level of nesting. */
  leave(): void {
    this.#depth--;
  }

  /** Counts the term that begins at `start`; a problem if there are too many. */
  countTerm(start: number): boolean {
    this.#terms++;
    const { maxTerms } = this.#limits;
    return this.#withinLimit('limit_query_terms', this.#terms, maxTerms, start);
  }

  /** Counts the selector that begins at `start`; a problem if there are too many. */
  countSelector(start: number): boolean {
    this.#selectors++;
    const { maxSelectors } = this.#limits;
    return this.#withinLimit('limit_query_selectors', this.#selectors, maxSelectors, start);
  }

  /** Notes that the query is not PromQL. */
  malformed(facts: LexicalFacts | GrammarFacts | TypeFacts, index: number = this.start): undefined {
    return this.#note({ code: 'query_malformed', position: this.positionAt(index), ...facts });
  }

  /** Notes that the query is refused on purpose. */
  unsupported(facts: UnsupportedFacts, index: number = this.start): undefined {
    return this.#note({ code: 'query_unsupported', position: this.positionAt(index), ...facts });
  }

  /** Notes that the current token cannot stand here. */
  unexpected(expected: Expectation): undefined {
    const found = this.kind === 'nothing' ? undefined : excerpt(this.token);
    return this.malformed({ problem: 'token_unexpected', found, expected });
  }

  #withinLimit(
    code: 'limit_query_depth' | 'limit_query_selectors' | 'limit_query_terms',
    value: number,
    limit: number,
    index: number,
  ): boolean {
    if (value <= limit) return true;
    this.#note({ code, position: this.positionAt(index), limit, value });
    return false;
  }

  #note(problem: PromqlProblem): undefined {
    this.problem ??= Object.freeze(problem);
    return undefined;
  }
}
