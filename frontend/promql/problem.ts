import type { ValueType } from './ast.ts';
import type { PromqlFeature } from './options.ts';
import type { Position } from './position.ts';

/** Why a query was refused, as data. `describeProblem` says it in words. */
export type PromqlProblem =
  MalformedQuery | UnsupportedQuery | QueryOverLimit | TenantMatcherConflict;

/** The query is not PromQL: Prometheus would refuse it too. */
export type MalformedQuery = Located<'query_malformed', LexicalFacts | GrammarFacts | TypeFacts>;

/** The query is PromQL, and refused here on purpose. */
export type UnsupportedQuery = Located<'query_unsupported', UnsupportedFacts>;

/** The query is larger than the options allow. */
export type QueryOverLimit =
  | { readonly code: 'limit_query_bytes'; readonly limit: number; readonly value: number }
  // `value` is what the query would have at least: it was not printed to find out.
  | { readonly code: 'limit_scoped_bytes'; readonly limit: number; readonly value: number }
  | Located<'limit_query_depth' | 'limit_query_selectors' | 'limit_query_terms', OverLimitFacts>;

/** In mode `error`: the caller wrote a matcher on the tenancy label that the scope does not imply. */
export type TenantMatcherConflict = Located<'tenant_matcher_conflict', ConflictFacts>;

type Located<Code extends string, Facts> = Facts extends unknown
  ? { readonly code: Code; readonly position: Position } & Facts
  : never;

/** A problem inside one token. `found` is its text. */
export type LexicalFacts =
  | Found<'character_unexpected'>
  | Found<'string_unterminated'>
  | Found<'string_character_invalid'>
  | Found<'escape_unknown'>
  | Found<'escape_malformed'>
  | Found<'number_malformed'>
  | Found<'number_out_of_range'>
  | Found<'duration_malformed'>
  | Found<'duration_out_of_range'>
  | Found<'regex_malformed'>;

/** Tokens in an order that is no query. */
export type GrammarFacts =
  | { readonly problem: 'query_empty' }
  | {
      readonly problem: 'token_unexpected';
      /** The text of the token; `undefined` at the end of the query. */
      readonly found: string | undefined;
      readonly expected: Expectation;
    }
  | Found<'function_unknown'>
  | { readonly problem: 'argument_missing' }
  | { readonly problem: 'label_name_empty' }
  | Found<'duration_not_positive'>
  | { readonly problem: 'duration_division_by_zero'; readonly operator: '/' | '%' }
  | Found<'timestamp_out_of_range'>
  | Found<'metric_name_repeated'>
  | { readonly problem: 'selector_matches_everything' }
  | { readonly problem: 'range_without_selector' }
  | { readonly problem: 'range_after_modifier'; readonly modifier: 'offset' | '@' }
  | {
      readonly problem: 'modifier_misplaced';
      readonly modifier: 'offset' | '@' | 'anchored' | 'smoothed';
    }
  | { readonly problem: 'modifier_repeated'; readonly modifier: 'offset' | '@' }
  | { readonly problem: 'modifiers_exclude_each_other' }
  | { readonly problem: 'info_selector_expected' };

/** A well-formed query that makes no sense. */
export type TypeFacts =
  | {
      readonly problem: 'type_mismatch';
      readonly found: ValueType;
      readonly expected: readonly ValueType[];
      readonly place: TypedPlace;
      /** The function, aggregation or operator concerned. */
      readonly name: string;
    }
  | {
      readonly problem: 'argument_count';
      readonly name: string;
      readonly found: number;
      readonly atLeast: number;
      readonly atMost: number;
    }
  | { readonly problem: 'bool_without_comparison'; readonly operator: string }
  | { readonly problem: 'comparison_without_bool'; readonly operator: string }
  | { readonly problem: 'matching_without_vectors'; readonly operator: string }
  | { readonly problem: 'set_operator_on_scalar'; readonly operator: string }
  | { readonly problem: 'group_with_set_operator'; readonly operator: string }
  | { readonly problem: 'group_label_repeated'; readonly label: string }
  | { readonly problem: 'fill_without_vectors'; readonly operator: string }
  | { readonly problem: 'fill_with_set_operator'; readonly operator: string };

/** Where a value of another type was expected. */
export type TypedPlace = 'argument' | 'operand' | 'aggregation' | 'parameter' | 'subquery';

/** What would have been right at an unexpected token. */
export type Expectation =
  | 'expression'
  | 'operator'
  | 'closing_parenthesis'
  | 'next_argument'
  | 'opening_parenthesis'
  | 'label'
  | 'next_label'
  | 'matcher'
  | 'matcher_operator'
  | 'matcher_value'
  | 'next_matcher'
  | 'duration'
  | 'range_end'
  | 'step_end'
  | 'timestamp'
  | 'next_duration'
  | 'fill_value'
  | 'series_selector'
  | 'end';

/** What is refused although Prometheus accepts it. */
export type UnsupportedFacts =
  | {
      readonly reason: 'feature_disabled';
      readonly feature: PromqlFeature;
      readonly found: string;
    }
  // A byte escape such as "\xff" can build text that no label in the database can have.
  | { readonly reason: 'string_not_utf8'; readonly found: string }
  | { readonly reason: 'label_name_empty' }
  // Prometheus takes an offset of 0 for none and reads on, however many there are.
  | { readonly reason: 'offset_repeated' }
  // `offset NaN` has no defined meaning.
  | { readonly reason: 'offset_not_a_number'; readonly found: string }
  // Prometheus reads the last digit of `0x1e` as an exponent where the query ends, and nowhere else.
  | { readonly reason: 'hexadecimal_ambiguous'; readonly found: string }
  | { readonly reason: 'regex_class_unknown'; readonly found: string }
  | { readonly reason: 'regex_too_large' }
  // It would read `target_info` by a selector that is not in the query: that of every tenant.
  | { readonly reason: 'info_without_selector' }
  // Prometheus takes such a modifier and ignores it.
  | { readonly reason: 'info_selector_modified'; readonly found: string };

interface OverLimitFacts {
  readonly limit: number;
  /** The value at which reading stopped: the first above the limit. */
  readonly value: number;
}

interface ConflictFacts {
  /** The caller's matcher, as it would be printed. */
  readonly found: string;
  /** The matcher of the scope, or the beginning of it. */
  readonly required: string;
}

interface Found<Problem extends string> {
  readonly problem: Problem;
  readonly found: string;
}
