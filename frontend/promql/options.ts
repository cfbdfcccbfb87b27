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
  /**
   * Most selectors, numbers, strings, calls and aggregations together, and parts of computed
   * durations. @defaultValue 2_000
   */
  readonly maxTerms: number;
}

/** The limits where nothing else is configured. */
export const DEFAULT_PROMQL_LIMITS: PromqlLimits = Object.freeze({
  maxBytes: 32_768,
  maxDepth: 200,
  maxSelectors: 500,
  maxTerms: 2_000,
});

/**
 * Parts of PromQL that not every installation has, under the names of Prometheus' feature flags.
 *
 * Each is off by default: switch on what the upstream takes, and what is off is refused before it
 * gets there. All of them are experimental in Prometheus and may change with its version.
 */
export interface PromqlFeatures {
  /**
   * Functions such as `mad_over_time` and `sort_by_label`, and the aggregations `limitk` and
   * `limit_ratio`.
   *
   * `info` is taken with its second argument only, which gets the matcher of the scope. The labels
   * that are matched there are the ones that are copied, so name those that are wanted, as in
   * `info(up, {version=~".+"})`; series that nothing in the scope describes are left out.
   *
   * @defaultValue false
   */
  readonly 'promql-experimental-functions': boolean;
  /**
   * Computed durations, such as `[5m * 2]` and `offset step()`.
   *
   * A server of Prometheus 3.15 takes them without a flag. Its parser, as other programs embed it,
   * does not, nor does Thanos 0.42: hence the default.
   *
   * @defaultValue false
   */
  readonly 'promql-duration-expr': boolean;
  /** `anchored` and `smoothed` behind a selector. @defaultValue false */
  readonly 'promql-extended-range-selectors': boolean;
  /** `fill`, `fill_left` and `fill_right` behind a binary operator. @defaultValue false */
  readonly 'promql-binop-fill-modifiers': boolean;
}

/** The name of a feature flag of Prometheus that changes PromQL. */
export type PromqlFeature = keyof PromqlFeatures;

/** The features where nothing else is configured. */
export const DEFAULT_PROMQL_FEATURES: PromqlFeatures = Object.freeze({
  'promql-experimental-functions': false,
  'promql-duration-expr': false,
  'promql-extended-range-selectors': false,
  'promql-binop-fill-modifiers': false,
});

/**
 * What to do with a matcher the caller wrote on the tenancy label: `intersect` keeps it beside ours,
 * `error` refuses the query unless the matcher asks for tenants of the scope by name.
 */
export type TenantMatcherMode = 'intersect' | 'error';

/** How a query is narrowed to a scope. */
export interface ScopeOptions {
  /** @defaultValue 'intersect' */
  readonly mode: TenantMatcherMode;
  /**
   * Longest scoped text, in bytes of UTF-8; of all selectors together where there are several texts.
   * The matcher of a scope with many tenants is long, and every selector gets it.
   * @defaultValue 262_144
   */
  readonly maxBytes: number;
}

/** The options of scoping where nothing else is configured. */
export const DEFAULT_SCOPE_OPTIONS: ScopeOptions = Object.freeze({
  mode: 'intersect',
  maxBytes: 262_144,
});
