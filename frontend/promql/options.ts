/** How much of a query is read before it is refused. Each limit has a problem code of its own. */
export interface PromqlLimits {
  /** Longest query, in bytes of UTF-8. @defaultValue 32_768 */
  readonly maxBytes: number;
  /**
   * Deepest nesting: brackets, signs, right operands and calls each count as one level. At most
   * about 1,000, beyond which the call stack of the process is at risk. @defaultValue 200
   */
  readonly maxDepth: number;
  /** Most selectors. @defaultValue 500 */
  readonly maxSelectors: number;
  /** Most selectors, numbers, strings, calls and aggregations together. @defaultValue 2_000 */
  readonly maxTerms: number;
}

/** The limits where nothing else is configured. */
export const DEFAULT_PROMQL_LIMITS: PromqlLimits = Object.freeze({
  maxBytes: 32_768,
  maxDepth: 200,
  maxSelectors: 500,
  maxTerms: 2_000,
});
