/** Which page of the rule groups a caller asks for. */
export interface RulePageRequest {
  /** Groups on one page, at least 1; `undefined` for all of them. */
  readonly limit?: number | undefined;
  /** What the page before gave as `groupNextToken`. */
  readonly token?: string | undefined;
}

/**
 * Cuts a page out of the rule groups that were left after filtering.
 *
 * The upstream is always asked for all groups: pages of its own would come back with holes, and its
 * token is a hash of the next group's file and name, which may be another tenant's and which a guess
 * can be checked against. Ours names a group of the caller's own.
 */
export class RulePage {
  readonly #limit: number;
  readonly #token: string | undefined;
  // Groups of several files may have one name, and files are not shown, so namesakes are counted.
  readonly #seen = new Map<string, number>();
  #hasBegun: boolean;
  #taken = 0;
  #nextToken: string | undefined;

  constructor({ limit = Infinity, token }: RulePageRequest) {
    this.#limit = limit;
    this.#token = token;
    this.#hasBegun = token === undefined;
  }

  /** Token of the page after this one, or `undefined` when there is none. */
  get nextToken(): string | undefined {
    return this.#nextToken;
  }

  /** Whether the group that the caller's token names was found. */
  get isFound(): boolean {
    return this.#hasBegun;
  }

  /** Tells whether the next group of this name stands on the page. */
  takes(name: string): boolean {
    const namesake = this.#seen.get(name) ?? 0;
    this.#seen.set(name, namesake + 1);
    const token = `${namesake}.${encodeURIComponent(name.toWellFormed())}`;
    this.#hasBegun ||= token === this.#token;
    if (!this.#hasBegun) return false;
    if (this.#taken === this.#limit) {
      this.#nextToken ??= token;
      return false;
    }
    this.#taken += 1;
    return true;
  }
}
